import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Schedule } from './schedule.ts';

describe('a schedule', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('runs first when it is told to, and then so long after the end of each run', async () => {
    let ends: (() => void)[] = [];
    const schedule = new Schedule({
      everyMs: 100,
      firstMs: 10,
      run: async () => new Promise((resolve) => void ends.push(resolve)),
      onFailed: () => undefined,
    });
    schedule.start();
    schedule.start();
    await jest.advanceTimersByTimeAsync(9);
    expect(ends).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(ends).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(ends).toHaveLength(1);
    for (const end of ends) end();
    ends = [];
    await jest.advanceTimersByTimeAsync(99);
    expect(ends).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(ends).toHaveLength(1);
    for (const end of ends) end();
    await schedule.close();
  });

  it('tells of a run that failed, and goes on', async () => {
    const failures: unknown[] = [];
    const schedule = new Schedule({
      everyMs: 10,
      run: async () => Promise.reject(new Error('no')),
      onFailed: (error) => void failures.push(error),
    });
    schedule.start();
    await jest.advanceTimersByTimeAsync(25);
    expect(failures).toEqual([new Error('no'), new Error('no')]);
    await schedule.close();
  });

  it('pauses longer and longer while it finds nothing to do', async () => {
    const finds: ('idle' | undefined)[] = [undefined, 'idle', 'idle', 'idle', undefined, undefined];
    const runs: number[] = [];
    const startedAt = Date.now();
    const schedule = new Schedule({
      everyMs: 10,
      idleMs: 30,
      run: async () => {
        runs.push(Date.now() - startedAt);
        return Promise.resolve(finds[runs.length - 1]);
      },
      onFailed: () => undefined,
    });
    schedule.start();
    await jest.advanceTimersByTimeAsync(140);
    expect(runs.slice(0, 6)).toEqual([10, 20, 40, 70, 100, 110]);
    await schedule.close();
  });

  it('pauses no longer than usual after a run that failed', async () => {
    const runs: number[] = [];
    const startedAt = Date.now();
    const schedule = new Schedule({
      everyMs: 10,
      idleMs: 40,
      run: () => {
        runs.push(Date.now() - startedAt);
        if (runs.length === 3) throw new Error('no');
        return 'idle';
      },
      onFailed: () => undefined,
    });
    schedule.start();
    await jest.advanceTimersByTimeAsync(120);
    expect(runs).toEqual([10, 30, 70, 80, 100]);
    await schedule.close();
  });

  it('closes only when the run under way is over', async () => {
    const underway = Promise.withResolvers<void>();
    const schedule = new Schedule({
      everyMs: 10,
      firstMs: 0,
      run: async () => underway.promise,
      onFailed: () => undefined,
    });
    schedule.start();
    await jest.advanceTimersByTimeAsync(0);
    let isClosed = false;
    const closing = schedule.close().then(() => (isClosed = true));
    await jest.advanceTimersByTimeAsync(100);
    expect(isClosed).toBe(false);
    underway.resolve();
    await closing;
    expect(isClosed).toBe(true);
  });

  it('stops what is under way when it closes, and tells of nothing then', async () => {
    const failures: unknown[] = [];
    let runs = 0;
    const schedule = new Schedule({
      everyMs: 10,
      run: async (signal) => {
        runs += 1;
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('stopped')));
        });
      },
      onFailed: (error) => void failures.push(error),
    });
    schedule.start();
    await jest.advanceTimersByTimeAsync(10);
    await schedule.close();
    await jest.advanceTimersByTimeAsync(100);
    expect({ runs, failures }).toEqual({ runs: 1, failures: [] });
  });
});
