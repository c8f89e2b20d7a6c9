import fc from 'fast-check';
import type { Contract, Instrument } from '../market/instrument.ts';
import { cancelOrder } from '../order/cancel-order.ts';
import { openPosition, reducePosition } from '../order/place-order.ts';
import { amendExits } from '../position/amend-exits.ts';
import type { ExitsSpec } from '../position/exits-spec.ts';
import { requestClose } from '../position/request-close.ts';
import { settleFunding } from '../position/settle-funding.ts';
import { actOnSignal } from '../signal/act-on-signal.ts';
import { createSignal } from '../signal/create-signal.ts';
import { closeSignal } from '../signal/end-signal.ts';
import { armTrigger } from '../trigger/arm-trigger.ts';
import type { Condition, TriggerAction } from '../trigger/trigger.ts';
import { by, given } from './account.builder.ts';
import { AccountSimulation } from './account.simulation.ts';
import type { AccountEvent } from './events.ts';
import { depositFunds } from './manage-account.ts';
import type { FillModel } from './settings.ts';

const contracts: Record<string, Contract> = {
  LIN: { kind: 'linear', multiplier: '0.001', currency: 'USD' },
  INV: { kind: 'inverse', multiplier: '10', currency: 'BTC' },
};
export const symbols = Object.keys(contracts);
export const instrumentOf = (symbol: string): Instrument => ({
  symbol,
  contract: contracts[symbol] ?? { kind: 'linear', multiplier: '1', currency: 'USD' },
  quoteCurrency: 'USD',
  ...(symbol === 'LIN' ? { lotSize: '0.5' } : {}),
});

const symbol = fc.constantFrom(...symbols);
const positionId = fc.constantFrom('a', 'b', 'c');
const side = fc.constantFrom('long' as const, 'short' as const);
const price = fc.integer({ min: 70, max: 130 }).map(String);
const quantity = fc.constantFrom('0.5', '1', '7', '33.5');
const share = fc.constantFrom('0.333333333333333333', '0.5', '0.7', '1');
const how = fc.oneof(
  fc.constant({ kind: 'market' as const }),
  price.map((limitPrice) => ({ kind: 'limit' as const, limitPrice })),
  price.map((stopPrice) => ({ kind: 'stop' as const, stopPrice })),
  fc.record({ kind: fc.constant('stopLimit' as const), stopPrice: price, limitPrice: price }),
);
const timeInForce = fc.constantFrom('gtc' as const, 'gtc' as const, 'ioc' as const, 'fok' as const, {
  until: 1_030,
});
const exits: fc.Arbitrary<ExitsSpec> = fc.record(
  {
    stopLoss: fc.constantFrom({ percent: '5' }, { percent: '0.123456789' }),
    targets: fc.array(
      fc.record(
        { percent: fc.constantFrom('1', '4', '9'), size: share.map((of) => ({ share: of })) },
        { requiredKeys: ['percent'] },
      ),
      { maxLength: 3 },
    ),
    trailing: fc.constantFrom({ percent: '3.3' }, { distance: '4', activation: { percent: '2' } }),
    breakEven: fc.constant({ after: { percent: '2' }, offset: '0.01' }),
    timeExit: fc.constant({ afterMs: 12 }),
  },
  { requiredKeys: [] },
);
const entry = fc.record({
  positionId,
  symbol,
  side,
  quantity,
  how,
  timeInForce,
  priceSource: fc.constant('trade' as const),
  exits,
});
const moment = fc.integer({ min: 1_003, max: 1_060 });
const when: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    kind: fc.constant('price' as const),
    direction: fc.constantFrom('above' as const, 'below' as const),
    price,
  }),
  fc.record({
    kind: fc.constant('move' as const),
    direction: fc.constantFrom('up' as const, 'down' as const, 'either' as const),
    percent: fc.constantFrom('0.5', '5', '12.34567'),
    windowMs: fc.integer({ min: 1, max: 9 }),
  }),
  moment.map((at) => ({ kind: 'time' as const, at })),
);
const { action } = fc.letrec<{ action: TriggerAction }>((tie) => ({
  action: fc.oneof(
    { maxDepth: 2 },
    entry.map((spec) => ({ kind: 'open' as const, entry: spec })),
    fc.record({ kind: fc.constant('close' as const), positionId, share }),
    fc.record({ kind: fc.constant('amend' as const), positionId, exits }),
    fc.constant({ kind: 'notify' as const }),
    fc
      .record({ id: fc.constantFrom('c1', 'c2', 'c3'), symbol, when, action: tie('action') })
      .map((armed) => ({ kind: 'arm' as const, trigger: { ...armed, priceSource: 'trade' as const } })),
  ),
}));

export type Step = (simulation: AccountSimulation, name: string) => void;
const trigger = fc.record(
  {
    symbol,
    action,
    when,
    rearm: fc.record(
      { coolDownMs: fc.integer({ min: 0, max: 5 }), times: fc.integer({ min: 2, max: 4 }) },
      { requiredKeys: ['coolDownMs'] },
    ),
    expiresAt: moment,
  },
  { requiredKeys: ['symbol', 'action', 'when'] },
);
const signal = fc.record(
  { entry, ownEntry: fc.boolean(), when, lasts: fc.integer({ min: 1, max: 40 }) },
  { requiredKeys: ['entry', 'ownEntry', 'lasts'] },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ symbol, price, size: fc.constantFrom('1', '4', '100') }).map(
      ({ symbol: of, price: at, size }): Step =>
        (simulation) =>
          simulation.trade(of, at, size),
    ),
  },
  {
    weight: 4,
    arbitrary: entry.map((spec): Step => (simulation, name) => {
      const { context, account } = simulation;
      simulation.take(
        openPosition(account, name, spec, { ...context, instrument: instrumentOf(spec.symbol) }),
      );
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ positionId, quantity, how, timeInForce })
      .map((spec): Step => (simulation, name) => {
        const { context, account } = simulation;
        const of = account.positions.get(spec.positionId)?.symbol ?? 'LIN';
        simulation.take(reducePosition(account, name, spec, { ...context, instrument: instrumentOf(of) }));
      }),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        positionId,
        size: fc.oneof(
          fc.constant('all' as const),
          share.map((of) => ({ share: of })),
        ),
      })
      .map((asked): Step => (simulation) => {
        simulation.take(
          requestClose(simulation.account, { ...asked, reason: 'manual', by }, simulation.context),
        );
      }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ positionId, exits }).map((asked): Step => (simulation) => {
      simulation.take(amendExits(simulation.account, { ...asked, by }, simulation.context));
    }),
  },
  {
    weight: 1,
    arbitrary: trigger.map((asked): Step => (simulation, name) => {
      const { account, armedFrom } = simulation;
      simulation.take(armTrigger(account, { id: name, priceSource: 'trade', armedFrom, ...asked }));
    }),
  },
  {
    weight: 1,
    arbitrary: signal.map(({ entry: spec, ownEntry, lasts, ...rest }): Step => (simulation, name) => {
      const { account, armedFrom, context } = simulation;
      const terms = {
        id: name,
        symbol: spec.symbol,
        side: spec.side,
        source: 'model',
        confidence: '0.75',
        priceSource: 'trade' as const,
        expiresAt: context.now + lasts,
        createdAt: context.now,
        armedFrom,
        ...(ownEntry ? { entry: spec } : {}),
        ...rest,
      };
      simulation.take(createSignal(account, terms));
    }),
  },
  {
    weight: 2,
    arbitrary: entry.map((spec): Step => (simulation, name) => {
      const { account, context } = simulation;
      const [signalId = ''] = account.activeSignalIds;
      const found = account.signals.get(signalId);
      const { symbol: of = 'LIN', side: way = 'long' } = found ?? {};
      const own = found?.entry === undefined ? { entry: { ...spec, symbol: of, side: way } } : {};
      const surroundings = { ...context, instrument: instrumentOf(of) };
      simulation.take(actOnSignal(account, { signalId, name, by, ...own }, surroundings));
    }),
  },
  {
    weight: 1,
    arbitrary: fc.nat().map((which): Step => (simulation) => {
      const ids = [...simulation.account.signals.keys()];
      simulation.take(closeSignal(simulation.account, { signalId: ids[which % ids.length] ?? '', by }));
    }),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 9 }).map((ms): Step => (simulation) => {
      simulation.wait(ms);
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ symbol, rate: fc.constantFrom('0.0001', '-0.000333') })
      .map((asked): Step => (simulation) => {
        const funding = { ...asked, markPrice: '101', at: simulation.context.now };
        simulation.take(settleFunding(simulation.account, funding, {}));
      }),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>((simulation) => {
      const [orderId = ''] = simulation.account.workingOrderIds;
      simulation.take(cancelOrder(simulation.account, { orderId, by }));
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>((simulation) => {
      simulation.take(
        depositFunds(simulation.account, { currency: 'BTC', amount: '0.1', ...by }, simulation.context),
      );
    }),
  },
);

const fills: fc.Arbitrary<FillModel> = fc.constantFrom<FillModel>(
  { kind: 'exact' },
  {
    kind: 'modelled',
    spreadPercent: '0.0333333333',
    slippagePercent: '0.01',
    makerFeePercent: '0.02',
    takerFeePercent: '0.0666666666',
    maxShareOfTrade: '0.3333333333',
  },
  {
    kind: 'modelled',
    spreadPercent: '0',
    slippagePercent: '0.000000000000000001',
    makerFeePercent: '0',
    takerFeePercent: '0.1',
    feeAsset: { currency: 'BNB', rate: '0.0016666666666666' },
  },
);

/** Lives a random life; a last trade of everything lets what is left fill. */
export function live(model: FillModel, steps: readonly Step[]): AccountSimulation {
  const settings = { currency: 'USD', limits: {}, fills: model };
  const configured: AccountEvent = { type: 'AccountConfigured', settings, ...by };
  const simulation = new AccountSimulation(given(configured), instrumentOf);
  for (const of of symbols) simulation.trade(of, '100');
  for (const [i, act] of steps.entries()) act(simulation, `n${i}`);
  return simulation;
}

/** A model of fills, and what is done and trades in such a life. */
export const life = fc.tuple(fills, fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }));
