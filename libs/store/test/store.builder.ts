import { type AccountRef, mainAccount } from '@bellwether/contracts';
import type {
  AccountEvent,
  Clock,
  Ids,
  PositionClosed,
  PositionTerms,
  TickReference,
} from '@bellwether/domain';
import { createLogger, systemClock, systemIds } from '@bellwether/observability';
import type { TestCloud } from '@bellwether/testing';
import { AccountStore, type CommitOutcome, type CommitRequest, StoreFirestore } from '../src/index.ts';

export const logger = createLogger({ service: 'test', level: 'silent' });

let accounts = 0;

/** An account that no other spec has used. */
export function newAccount(): AccountRef {
  accounts += 1;
  return mainAccount('acme', `u${accounts}`);
}

/** On a client of its own, unless that of a spec is given. */
export function storeOn(
  where: Pick<TestCloud, 'environment'> | StoreFirestore,
  { clock = systemClock, ids = systemIds }: { clock?: Clock; ids?: Ids } = {},
): AccountStore {
  const firestore = where instanceof StoreFirestore ? where : new StoreFirestore(where.environment);
  return new AccountStore({ firestore, clock, ids, logger, shards: 2 });
}

export const opened = ({ tenant, uid, accountId }: AccountRef): AccountEvent => ({
  type: 'AccountOpened',
  tenant,
  uid,
  accountId,
});
export const resumed: AccountEvent = { type: 'TradingResumed', actor: 'test', reason: '' };
export const halted: AccountEvent = { type: 'TradingHalted', actor: 'test', reason: '' };

export function positionTerms(id: string): PositionTerms {
  return {
    id,
    symbol: 'BTC-USDT',
    side: 'long',
    quantity: '2',
    entryPrice: '100',
    contract: { kind: 'linear', multiplier: '1', currency: 'USDT' },
    priceSource: 'trade',
    exits: { stopLoss: { price: '95', armedFrom: { at: 0 } }, targets: [] },
    openedAt: 0,
    broker: 'shadow',
  };
}

export function adopted(id: string): AccountEvent {
  return { type: 'PositionAdopted', position: positionTerms(id) };
}

export function closed(id: string): PositionClosed & { readonly tick: TickReference } {
  return {
    type: 'PositionClosed',
    positionId: id,
    symbol: 'BTC-USDT',
    side: 'long',
    quantity: '2',
    entryPrice: '100',
    exitPrice: '95',
    currency: 'USDT',
    realizedPnl: '-10',
    reason: 'stopLoss',
    openedAt: 0,
    closedAt: 1,
    tick: {
      symbol: 'BTC-USDT',
      venue: 'test',
      epoch: 'e',
      ordinal: 0,
      series: 'trade',
      price: '95',
      exchangeAt: 1,
      receivedAt: 1,
    },
  };
}

/** One interval of funding. @param amount negative where it is paid. */
export function funded(positionId: string, amount: string): AccountEvent {
  return {
    type: 'FundingSettled',
    positionId,
    symbol: 'BTC-USDT',
    rate: '0.01',
    markPrice: '100',
    amount,
    currency: 'USDT',
    at: 1,
  };
}

/** What a frame fired: it has no key. */
export const byFrame = { kind: 'frame', shard: 0, epoch: 'e', number: 1 } as const;

export function byCommand(key: string) {
  return { cause: { kind: 'command', name: 'Test', key } as const, requestHash: `hash of ${key}` };
}

/** Commits these events, whatever the account looks like. */
export async function commitTo(
  store: AccountStore,
  account: AccountRef,
  events: readonly AccountEvent[],
  parts: Partial<CommitRequest<never>> = {},
): Promise<CommitOutcome<never>> {
  return store.commit<never>(account, {
    cause: byFrame,
    traceparent: 'trace',
    decide: () => ({ events }),
    ...parts,
  });
}
