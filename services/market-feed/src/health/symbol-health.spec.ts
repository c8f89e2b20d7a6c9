import { describe, expect, it } from '@jest/globals';
import { SymbolHealths, defaultHealthRules } from './symbol-health.ts';

/** A symbol that ticked every `every` milliseconds, the last time at 100,000. */
function ticking(every = 1_000, ticks = 20): SymbolHealths {
  const healths = new SymbolHealths();
  for (let i = ticks - 1; i >= 0; i -= 1) healths.believed('SPY', 1, 100_000 - i * every);
  return healths;
}

function refuse(healths: SymbolHealths, times: number, at = 100_000) {
  return Array.from({ length: times }, () => healths.refused('SPY', 1, 'crossed', at)).findLast(Boolean);
}

describe('a symbol', () => {
  it('is stale after half a minute without a valid tick, from then on, and healthy with the next', () => {
    const healths = ticking();
    expect(healths.pass(129_999)).toEqual([]);
    const stale = {
      symbol: 'SPY',
      shard: 1,
      health: 'stale',
      reason: 'no valid tick for 30000 ms',
      since: 130_000,
    };
    expect(healths.pass(150_000)).toEqual([stale]);
    expect(healths.pass(900_000)).toEqual([]);
    const healthy = { symbol: 'SPY', shard: 1, health: 'healthy', reason: 'ticks again', since: 900_001 };
    expect(healths.believed('SPY', 1, 900_001)).toEqual(healthy);
    expect(healths.pass(930_001)).toEqual([{ ...stale, since: 930_001 }]);
  });

  it('that is often silent is stale only after ten times its usual silence', () => {
    const healths = ticking(10_000);
    expect(healths.pass(199_999)).toEqual([]);
    expect(healths.pass(200_000)).toEqual([expect.objectContaining({ health: 'stale', since: 200_000 })]);
  });

  it('of few ticks is not expected to tick', () => {
    expect(ticking(1_000, defaultHealthRules.expectedAfter - 1).pass(10_000_000)).toEqual([]);
    expect(ticking(1_000, defaultHealthRules.expectedAfter).pass(10_000_000)).toHaveLength(1);
  });

  it('is suspect when half of its last twenty ticks were refused, until three are valid in a row', () => {
    const healths = ticking();
    expect(refuse(healths, 9)).toBeUndefined();
    expect(healths.believed('SPY', 1, 100_001)).toBeUndefined();
    const reason = '10 of the last 20 ticks refused, the last as crossed';
    expect(refuse(healths, 1)).toMatchObject({ health: 'suspect', reason, since: 100_000 });
    expect(healths.believed('SPY', 1, 100_001)).toBeUndefined();
    expect(refuse(healths, 1)).toBeUndefined();
    expect(healths.believed('SPY', 1, 100_002)).toBeUndefined();
    expect(healths.believed('SPY', 1, 100_003)).toBeUndefined();
    expect(healths.believed('SPY', 1, 100_004)).toMatchObject({ health: 'healthy', since: 100_004 });
    expect(refuse(healths, 9)).toBeUndefined();
  });

  it('stays suspect through a silence', () => {
    const healths = ticking();
    refuse(healths, 10);
    expect(healths.pass(10_000_000)).toEqual([]);
  });

  it('that was refused while it was stale is suspect with its next valid tick', () => {
    const healths = ticking();
    healths.pass(130_000);
    expect(refuse(healths, 12, 140_000)).toBeUndefined();
    expect(healths.believed('SPY', 1, 150_000)).toMatchObject({ health: 'suspect' });
  });

  it('is judged by itself, and nobody looks before anything is due', () => {
    const healths = ticking();
    expect(new SymbolHealths().nextDeadline).toBe(Infinity);
    expect(healths.nextDeadline).toBeGreaterThan(100_000);
    expect(healths.nextDeadline).toBeLessThanOrEqual(130_000);
    healths.believed('QQQ', 0, 129_000);
    expect(healths.pass(130_000).map(({ symbol }) => symbol)).toEqual(['SPY']);
    expect(healths.nextDeadline).toBe(Infinity);
  });
});
