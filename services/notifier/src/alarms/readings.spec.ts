import type { BatchPerformance, ShardDocument } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import { ShardProgress, type Stored, readingsOf } from './readings.ts';

const nothing: Stored = { shards: new Map(), performance: undefined, quarantined: 0, dead: 0 };
const silentMs = 60_000;

function shard(frame: number, isEpochOver = false): Stored {
  const checkpoint = { epoch: 'e1', frame, isEpochOver, nextOrdinal: 1, exchangeAt: 1, extremes: [] };
  const document: ShardDocument = { owner: 'x', token: 1, leaseUntil: 1, checkpoint };
  return { ...nothing, shards: new Map([['01', document]]) };
}

function writing(changes: Partial<BatchPerformance>): Stored {
  const report: BatchPerformance = {
    since: 1,
    reportedAt: 1_795_252_613_123,
    profile: 'default',
    state: 'closed',
    waiting: 0,
    batches: 1,
    writes: 1,
    executions: 0,
    shed: 0,
    exhausted: 0,
    opened: 0,
    longestWaitMs: 0,
    ...changes,
  };
  return { ...nothing, performance: { processes: { ledger: report } } };
}

function raised(stored: Stored): string[] {
  return readingsOf(stored, new ShardProgress(), { now: 1, silentMs }).flatMap(({ isRaised, headline }) =>
    isRaised ? [headline] : [],
  );
}

describe('how the system is', () => {
  it.each<[string, Stored, string[]]>([
    ['is well', nothing, []],
    ['writes', writing({ waiting: 99 }), []],
    [
      'writes at its limit',
      writing({ waiting: 100 }),
      ['ledger writes as fast as its limit allows: 100 batches wait'],
    ],
    [
      'is refused',
      writing({ state: 'probing', waiting: 7 }),
      ['ledger is refused writes for lack of quota: 7 batches wait'],
    ],
    [
      'has messages that nobody can read',
      { ...nothing, quarantined: 3 },
      ['3 messages are in quarantine: they cannot be read'],
    ],
    [
      'has alerts that no channel took',
      { ...nothing, dead: 12 },
      ['12 alerts are dead: no channel took them'],
    ],
  ])('%s', (_, stored, headlines) => {
    expect(raised(stored)).toEqual(headlines);
  });

  it('has a shard without ticks when its place stands still for too long, and its feed has not ended', () => {
    const progress = new ShardProgress();
    const at = (now: number, stored: Stored) => readingsOf(stored, progress, { now, silentMs })[0]?.isRaised;
    expect(at(0, shard(1))).toBe(false);
    expect(at(59_999, shard(1))).toBe(false);
    expect(at(60_000, shard(1))).toBe(true);
    expect(at(60_001, shard(2))).toBe(false);
    expect(at(130_000, shard(2))).toBe(true);
    expect(at(130_001, shard(2, true))).toBe(false);
  });
});
