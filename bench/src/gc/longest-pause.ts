import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';

const batchMs = 10;

/** How often something is done in one go, so often a second, for so many seconds. */
export interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
}

/**
 * Does something at a steady pace, with turns of the event loop in between.
 *
 * @returns the longest that a collection of garbage held it up meanwhile, in milliseconds.
 */
export async function longestPause({ perSecond, seconds }: Pace, work: () => void): Promise<number> {
  let longest = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  });
  observer.observe({ entryTypes: ['gc'] });
  const perBatch = (perSecond * batchMs) / 1_000;
  const start = performance.now();
  for (let batch = 1; batch * batchMs <= seconds * 1_000; batch += 1) {
    for (let i = 0; i < perBatch; i += 1) work();
    const early = start + batch * batchMs - performance.now();
    await (early > 0 ? delay(early) : nextTurn());
  }
  await delay(batchMs);
  observer.disconnect();
  return longest;
}
