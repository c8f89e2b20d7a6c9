import { type AccountRef, type Commit, mainAccount } from '@bellwether/contracts';
import {
  type AccountEvent,
  type ExitTriggeredEvent,
  type LimitTripped,
  type PositionClosed,
  type PositionOpened,
  type PositionReduced,
  type PositionTerms,
  type TradingHalted,
  type TriggerActionRefused,
  type TriggerFired,
  invariant,
} from '@bellwether/domain';
import { hashCommit } from '@bellwether/store';
import { type Notice, noticesOf } from './notice.ts';
import { sampleCommittedAt, sampleEvents, tickAt } from './sample-events.ts';

/** Valid data for specs. */

export const account = mainAccount('t1', 'u1');
export const committedAt = sampleCommittedAt;
export { tickAt };

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
  return { ...sampleEvents.PositionClosed, ...changes };
}

export function opened(changes: Partial<PositionTerms> = {}): PositionOpened {
  const sample = sampleEvents.PositionOpened;
  return { ...sample, position: { ...sample.position, ...changes } };
}

export function reduced(changes: Partial<PositionReduced> = {}): PositionReduced {
  return { ...sampleEvents.PositionReduced, ...changes };
}

export function actionRefused(changes: Partial<TriggerActionRefused> = {}): TriggerActionRefused {
  return { ...sampleEvents.TriggerActionRefused, ...changes };
}

export function fired(changes: Partial<TriggerFired> = {}): TriggerFired {
  return { ...sampleEvents.TriggerFired, ...changes };
}

export function halted(changes: Partial<TradingHalted> = {}): TradingHalted {
  return { ...sampleEvents.TradingHalted, ...changes };
}

export function tripped(changes: Partial<LimitTripped> = {}): LimitTripped {
  return { ...sampleEvents.LimitTripped, ...changes };
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
