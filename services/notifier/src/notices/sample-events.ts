import type { TickReference } from '@bellwether/domain';
import type { NoticeworthyEvent } from './notice.ts';

type Committed = Exclude<NoticeworthyEvent, { readonly type: 'Told' }>;
type Samples = { readonly [Type in Committed['type']]: Extract<Committed, { readonly type: Type }> };

/** Of the commit that `sampleEvents` are of, epoch milliseconds. */
export const sampleCommittedAt = 1_795_252_613_500.25;

const symbol = 'BTC-USDT';
const decidedAt = 1_795_252_613_123;
const armedFrom = { epoch: 'tape-0000000001', ordinal: 3 };

/** A valid event of each committed type that alerts tell of: to show what an alert looks like. */
export const sampleEvents: Samples = {
  PositionOpened: {
    type: 'PositionOpened',
    orderId: 'u1.main.o1',
    fees: { USDT: '0.09' },
    position: {
      id: 'p1',
      symbol,
      side: 'long',
      quantity: '0.5',
      entryPrice: '178.2',
      contract: { kind: 'linear', multiplier: '1', currency: 'USDT' },
      priceSource: 'trade',
      exits: {
        stopLoss: { price: '95', armedFrom },
        targets: [
          { id: 'first', price: '190', size: { share: '0.5' }, armedFrom },
          { id: 'last', price: '200', armedFrom },
        ],
        trailing: { distance: { ppm: 20_000 }, start: '178.2', armedFrom },
      },
      openedAt: decidedAt,
      broker: 'shadow',
      strategy: 'dip',
    },
  },
  PositionIncreased: {
    type: 'PositionIncreased',
    orderId: 'u1.main.o2',
    positionId: 'p1',
    symbol,
    quantity: '0.5',
    price: '182.2',
    newQuantity: '1',
    entryPrice: '180.2',
    rounding: '0',
  },
  PositionReduced: {
    type: 'PositionReduced',
    positionId: 'p1',
    symbol,
    side: 'long',
    quantity: '0.25',
    entryPrice: '178.2',
    exitPrice: '190',
    currency: 'USDT',
    realizedPnl: '2.95',
    reason: 'takeProfit',
    targetId: 'first',
    remaining: '0.25',
    tick: tickAt('190'),
  },
  PositionClosed: {
    type: 'PositionClosed',
    positionId: 'p1',
    symbol,
    side: 'long',
    quantity: '0.5',
    entryPrice: '178.2',
    exitPrice: '94',
    currency: 'USDT',
    realizedPnl: '-42.1',
    reason: 'stopLoss',
    openedAt: 1_000,
    closedAt: decidedAt,
    tick: tickAt('94'),
  },
  TriggerFired: {
    type: 'TriggerFired',
    triggerId: 'g1',
    symbol,
    when: { kind: 'price', direction: 'above', price: '105' },
    tick: tickAt('105.2'),
    late: false,
    lagMs: 1,
  },
  TriggerActionRefused: {
    type: 'TriggerActionRefused',
    triggerId: 'g1',
    symbol,
    action: 'open',
    reason: 'TOO_LARGE',
    detail: 'at most 100 USDT',
  },
  TradingHalted: { type: 'TradingHalted', actor: 'cli', reason: 'maintenance' },
  TradingReduced: { type: 'TradingReduced', actor: 'cli', reason: 'maintenance', flatten: true },
  LimitTripped: {
    type: 'LimitTripped',
    limit: 'dailyLoss',
    allowed: '500',
    reached: '512.5',
    currency: 'USDT',
    at: decidedAt,
    until: 1_795_305_600_000,
  },
  OrderRejected: {
    type: 'OrderRejected',
    of: 'order',
    orderId: 'u1.main.o3',
    positionId: 'p2',
    symbol,
    reason: 'insufficient funds',
  },
  OrderOutcomeUnknown: {
    type: 'OrderOutcomeUnknown',
    orderId: 'u1.main.o3',
    symbol,
    reason: 'no answer within 10 s',
  },
  BrokerDifferenceFound: {
    type: 'BrokerDifferenceFound',
    difference: { kind: 'position', symbol, ours: '0.5', theirs: '0.25' },
  },
};

export function tickAt(price: string): TickReference {
  return {
    symbol,
    venue: 'tape',
    epoch: 'tape-0000000001',
    ordinal: 7,
    series: 'trade',
    price,
    exchangeAt: decidedAt,
    receivedAt: decidedAt + 2,
  };
}
