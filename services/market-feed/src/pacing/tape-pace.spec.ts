import { describe, expect, it } from '@jest/globals';
import { TapePace, type TapeSpeed } from './tape-pace.ts';

/** A clock that only sleeping moves on. */
function start(speed: TapeSpeed, firstAt = 5_000) {
  const signal = new AbortController().signal;
  const time = { now: 1_000_000, sleeps: [] as number[] };
  const sleep = async (milliseconds: number): Promise<void> => {
    time.sleeps.push(milliseconds);
    time.now += milliseconds;
    await Promise.resolve();
  };
  const pace = new TapePace(speed, { now: () => time.now }, sleep);
  pace.start(firstAt);
  return { pace, time, release: async (at: number) => pace.release(at, signal) };
}

describe('TapePace', () => {
  it('waits for nothing at full speed', async () => {
    const { pace, time, release } = start('max');
    expect(pace.isReleased(Number.MAX_SAFE_INTEGER)).toBe(true);
    await release(Number.MAX_SAFE_INTEGER);
    expect(time.sleeps).toEqual([]);
  });

  it('releases the first tick at once and the next when it is due', async () => {
    const { pace, time, release } = start(1);
    expect(pace.isReleased(5_000)).toBe(false);
    await release(5_000);
    expect(time.now).toBe(1_000_000);
    expect(pace.isReleased(5_000)).toBe(true);
    expect(pace.isReleased(5_250)).toBe(false);
    await release(5_250);
    expect(time.now).toBe(1_000_250);
    expect(time.sleeps).toEqual([250]);
  });

  it('plays that many times as fast as it was recorded', async () => {
    const { time, release } = start(4);
    await release(5_000);
    await release(9_000);
    expect(time.now).toBe(1_001_000);
  });

  it('lets ticks that are due within 5 ms leave together', async () => {
    const { pace, time, release } = start(1);
    await release(5_000);
    await release(5_001);
    expect(time.now).toBe(1_000_005);
    expect(pace.isReleased(5_005)).toBe(true);
    expect(pace.isReleased(5_006)).toBe(false);
  });

  it('catches up at once when it is late', async () => {
    const { pace, time, release } = start(1);
    await release(5_000);
    time.now += 300;
    await release(5_010);
    expect(time.sleeps).toEqual([]);
    expect(pace.isReleased(5_300)).toBe(true);
    expect(pace.isReleased(5_301)).toBe(false);
  });

  it('sleeps through a long silence in pieces that a timer can take', async () => {
    const { time, release } = start(1);
    await release(5_000);
    await release(5_000 + 150_000);
    expect(time.sleeps).toEqual([60_000, 60_000, 30_000]);
  });

  it('stops waiting when it is aborted', async () => {
    const abort = new AbortController();
    const sleep = async (): Promise<void> => {
      abort.abort();
      await Promise.resolve();
    };
    const pace = new TapePace(1, { now: () => 0 }, sleep);
    pace.start(0);
    await pace.release(1_000, abort.signal);
    expect(pace.isReleased(1_000)).toBe(false);
  });
});
