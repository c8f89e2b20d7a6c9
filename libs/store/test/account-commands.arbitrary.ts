import type { AccountRef } from '@bellwether/contracts';
import {
  type Account,
  type AccountEvent,
  type EntrySpec,
  type ExitsSpec,
  type Market,
  type Result,
  type TickReference,
  type TriggerAction,
  adoptPosition,
  amendExits,
  armTrigger,
  cancelOrder,
  depositFunds,
  disarmTrigger,
  executeExit,
  fireTrigger,
  haltTrading,
  openPosition,
  plainInstrument,
  reducePosition,
  requestClose,
  resumeTrading,
} from '@bellwether/domain';
import fc from 'fast-check';
import type { AccountStore, Needs } from '../src/index.ts';
import { byFrame, commitTo, opened, resumed } from './store.builder.ts';

/** A command or something that fired, as a decision on an account; what it is refused changes nothing. */
export interface AccountStep {
  needs(accountId: string): Needs;
  decide(account: Account, accountId: string): Result<readonly AccountEvent[], unknown>;
}

const by = { actor: 'test', reason: 'random' };
const ids = ['p1', 'p2', 'p3'] as const;
const symbols = { p1: 'BTC-USDT', p2: 'ETH-USDT', p3: 'BTC-USDT' } as const;
const armedFrom = { at: 0 };
const now = 1_000;

const exits: ExitsSpec = {
  stopLoss: { percent: '5' },
  targets: [{ percent: '3', size: { share: '0.5' } }, { percent: '6' }],
};

function tickAt(symbol: string, price: string): TickReference {
  return {
    symbol,
    venue: 'test',
    epoch: 'e',
    ordinal: 7,
    series: 'trade',
    price,
    exchangeAt: 2_000,
    receivedAt: 2_001,
  };
}

const market: Market = (symbol) => ({ trade: tickAt(symbol, '100') });
const context = (symbol: string) => {
  return { now, armedFrom, market, instrument: plainInstrument(symbol) };
};

const adopt = (id: (typeof ids)[number]): AccountStep => ({
  needs: () => ({ positionIds: [id] }),
  decide: (account) =>
    adoptPosition(account, {
      id,
      symbol: symbols[id],
      side: 'long',
      quantity: '2',
      entryPrice: '100',
      contract: plainInstrument(symbols[id]).contract,
      priceSource: 'trade',
      exits,
      armedFrom,
      openedAt: now,
      broker: 'shadow',
    }),
});

const enter = (id: (typeof ids)[number], how: EntrySpec['how'], name: string): AccountStep => ({
  needs: (accountId) => ({ positionIds: [id], orderIds: [`${accountId}.${name}`], allOpen: true }),
  decide: (account) => {
    const entry: EntrySpec = {
      positionId: id,
      symbol: symbols[id],
      side: 'long',
      quantity: '1',
      how,
      timeInForce: 'gtc',
      priceSource: 'trade',
      exits,
    };
    return openPosition(account, name, entry, context(symbols[id]));
  },
});

const arm = (id: string, action: TriggerAction): AccountStep => ({
  needs: () => ({ triggerIds: [id] }),
  decide: (account) =>
    armTrigger(account, {
      id,
      symbol: 'BTC-USDT',
      priceSource: 'trade',
      when: { kind: 'price', direction: 'below', price: '95' },
      action,
      armedFrom,
    }),
});

/** A step, and which of several processes takes it. */
export interface TakenStep {
  readonly step: AccountStep;
  readonly by: number;
}

/** Opens the account and takes the steps one after another, each until it is committed or refused at the journal's head. */
export async function live(
  account: AccountRef,
  steps: readonly TakenStep[],
  stores: readonly AccountStore[],
): Promise<void> {
  await commitTo(stores[0]!, account, [opened(account), resumed]);
  for (const { step, by: writer } of steps)
    for (let status = 'contended'; status === 'contended';)
      ({ status } = await stores[writer]!.commit(account, {
        cause: byFrame,
        traceparent: '',
        ...step.needs(account.accountId),
        related: ({ openPositionIds, workingOrderIds }): Needs => ({
          positionIds: [...openPositionIds],
          orderIds: [...workingOrderIds],
        }),
        decide: (image) => {
          const decided = step.decide(image, account.accountId);
          return decided.ok ? { events: decided.value } : { refusal: decided.refusal };
        },
      }));
}

/** One step of an account's life. */
export const accountStep: fc.Arbitrary<AccountStep> = fc.oneof(
  fc.constantFrom(...ids).map(adopt),
  fc
    .tuple(
      fc.constantFrom(...ids),
      fc.constantFrom<EntrySpec['how'][]>({ kind: 'market' }, { kind: 'limit', limitPrice: '90' }),
      fc.integer({ min: 0, max: 9 }).map((n) => `o${n}`),
    )
    .map(([id, how, name]) => enter(id, how, name)),
  fc.tuple(fc.constantFrom(...ids), fc.constantFrom('o0', 'o1', 'o2', 'o3')).map(([positionId, name]) => ({
    needs: (accountId: string) => ({ positionIds: [positionId], orderIds: [`${accountId}.${name}`] }),
    decide: (account: Account) => {
      const how = { kind: 'limit', limitPrice: '120' } as const;
      const spec = { positionId, quantity: '0.5', how, timeInForce: 'gtc' } as const;
      return reducePosition(account, name, spec, context(symbols[positionId]));
    },
  })),
  fc.tuple(fc.constantFrom('stop', 'target-1', 'target-2'), fc.constantFrom(...ids)).map(([lineId, id]) => ({
    needs: () => ({ positionIds: [id] }),
    decide: (account: Account) => {
      const price = lineId === 'stop' ? '90' : '110';
      const tick = tickAt(symbols[id], price);
      return executeExit(account, { positionId: id, lineId, level: price, tick, late: false, lagMs: 1 });
    },
  })),
  fc.constantFrom(...ids).map((positionId) => ({
    needs: () => ({ positionIds: [positionId] }),
    decide: (account: Account) =>
      requestClose(account, { positionId, size: { share: '0.5' }, reason: 'manual', by }, { market, now }),
  })),
  fc.tuple(fc.constantFrom(...ids), fc.integer({ min: 80, max: 99 })).map(([positionId, price]) => ({
    needs: () => ({ positionIds: [positionId] }),
    decide: (account: Account) =>
      amendExits(account, { positionId, exits: { stopLoss: { price: String(price) } }, by }, { armedFrom }),
  })),
  fc.constantFrom('o0', 'o1', 'o2', 'o3').map((name) => ({
    needs: () => ({ allOpen: true }),
    decide: (account: Account, accountId: string) =>
      cancelOrder(account, { orderId: `${accountId}.${name}`, by }),
  })),
  fc
    .tuple(
      fc.constantFrom('t1', 't2', 't3'),
      fc.constantFrom<TriggerAction[]>({ kind: 'notify' }, { kind: 'close', positionId: 'p1' }),
    )
    .map(([id, action]) => arm(id, action)),
  fc.constantFrom('t1', 't2', 't3').map((triggerId) => ({
    needs: () => ({ triggerIds: [triggerId], positionIds: ['p1'] }),
    decide: (account: Account) => {
      const tick = tickAt('BTC-USDT', '94');
      const fired = { triggerId, lineId: 'trigger', tick, late: false, lagMs: 1 };
      return fireTrigger(account, fired, { ...context('BTC-USDT'), instrumentOf: plainInstrument });
    },
  })),
  fc.constantFrom('t1', 't2').map((triggerId) => ({
    needs: () => ({ triggerIds: [triggerId] }),
    decide: (account: Account) => disarmTrigger(account, { triggerId, by }),
  })),
  fc.integer({ min: 1, max: 1_000 }).map((amount) => ({
    needs: () => ({}),
    decide: (account: Account) =>
      depositFunds(account, { currency: 'USDT', amount: `${amount}.25`, ...by }, { market }),
  })),
  fc.constantFrom<'halted' | 'reducing'>('halted', 'reducing').map((state) => ({
    needs: () => ({}),
    decide: (account: Account) => haltTrading(account, { ...by, state }, { now }),
  })),
  fc.constant<AccountStep>({ needs: () => ({}), decide: (account) => resumeTrading(account, by) }),
  fc.constant<AccountStep>({ needs: () => ({}), decide: (account) => resumeTrading(account, by) }),
);
