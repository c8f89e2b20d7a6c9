import { type AccountRef, type Commit, mainAccount } from '@bellwether/contracts';
import {
  type AccountEvent,
  type ExitTriggeredEvent,
  type LimitTripped,
  type PositionClosed,
  type PositionOpened,
  type PositionReduced,
  type PositionTerms,
  type TickReference,
  type TradingHalted,
  type TriggerActionRefused,
  type TriggerFired,
  invariant,
} from '@bellwether/domain';
import { hashCommit } from '@bellwether/store';
import { type Notice, noticesOf } from './notice.ts';

/** Valid data for specs. */

export const account = mainAccount('t1', 'u1');
export const committedAt = 1_795_252_613_500.25;

export function tickAt(price: string): TickReference {
  return {
    symbol: 'BTC-USDT',
    venue: 'tape',
    epoch: 'tape-0000000001',
    ordinal: 7,
    series: 'trade',
    price,
    exchangeAt: 1_795_252_613_123,
    receivedAt: 1_795_252_613_125,
  };
}

export function stopTriggered(changes: Partial<ExitTriggeredEvent> = {}): ExitTriggeredEvent {
  return {
    type: 'StopTriggered',
    positionId: 'p1',
    symbol: 'BTC-USDT',
    level: '95',
    tick: tickAt('94'),
    order: { clientOrderId: 'p1.exit', side: 'sell', quantity: '0.5' },
    late: false,
    lagMs: 1,
    ...changes,
  };
}

export function closed(changes: Partial<PositionClosed> = {}): PositionClosed {
  return {
    type: 'PositionClosed',
    positionId: 'p1',
    symbol: 'BTC-USDT',
    side: 'long',
    quantity: '0.5',
    entryPrice: '178.2',
    exitPrice: '94',
    currency: 'USDT',
    realizedPnl: '-42.1',
    reason: 'stopLoss',
    openedAt: 1_000,
    closedAt: 1_795_252_613_123,
    tick: tickAt('94'),
    ...changes,
  };
}

export function opened(changes: Partial<PositionTerms> = {}): PositionOpened {
  const armedFrom = { epoch: 'tape-0000000001', ordinal: 3 };
  return {
    type: 'PositionOpened',
    orderId: 'u1.main.o1',
    fees: { USDT: '0.09' },
    position: {
      id: 'p1',
      symbol: 'BTC-USDT',
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
      openedAt: 1_795_252_613_123,
      broker: 'shadow',
      strategy: 'dip',
      ...changes,
    },
  };
}

export function reduced(changes: Partial<PositionReduced> = {}): PositionReduced {
  return {
    type: 'PositionReduced',
    positionId: 'p1',
    symbol: 'BTC-USDT',
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
    ...changes,
  };
}

export function actionRefused(changes: Partial<TriggerActionRefused> = {}): TriggerActionRefused {
  return {
    type: 'TriggerActionRefused',
    triggerId: 'g1',
    symbol: 'BTC-USDT',
    action: 'open',
    reason: 'TOO_LARGE',
    detail: 'at most 100 USDT',
    ...changes,
  };
}

export function fired(changes: Partial<TriggerFired> = {}): TriggerFired {
  return {
    type: 'TriggerFired',
    triggerId: 'g1',
    symbol: 'BTC-USDT',
    when: { kind: 'price', direction: 'above', price: '105' },
    tick: tickAt('105.2'),
    late: false,
    lagMs: 1,
    ...changes,
  };
}

export function halted(changes: Partial<TradingHalted> = {}): TradingHalted {
  return { type: 'TradingHalted', actor: 'cli', reason: 'maintenance', ...changes };
}

export function tripped(changes: Partial<LimitTripped> = {}): LimitTripped {
  const until = 1_795_305_600_000;
  return {
    type: 'LimitTripped',
    limit: 'dailyLoss',
    allowed: '500',
    reached: '512.5',
    currency: 'USDT',
    at: 1_795_252_613_123,
    until,
    ...changes,
  };
}

export function commitOf(events: readonly AccountEvent[], seq = 12, of: AccountRef = account): Commit {
  const unhashed = {
    schema: 2,
    ...of,
    seq,
    commitId: `commit-${seq}`,
    cause: { kind: 'frame', shard: 0, epoch: 'tape-0000000001', number: 3 },
    events: [...events],
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    previousHash: '',
  } satisfies Omit<Commit, 'hash'>;
  return { ...unhashed, hash: hashCommit(unhashed) };
}

export function noticeOf(...events: readonly AccountEvent[]): Notice {
  const [notice] = noticesOf(commitOf(events), committedAt);
  invariant(notice, 'no event of these is told');
  return notice;
}
