import { setTimeout as delay } from 'node:timers/promises';
import type { Progress } from './benchmark.ts';
import { quietLoadPerCore } from './judge.ts';
import { readMachine } from './machine.ts';

/** Waits until the load average allows to judge a latency, or for `patienceSeconds`. */
export async function awaitQuiet(
  patienceSeconds: number,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + patienceSeconds * 1000;
  let told = false;
  for (;;) {
    const { loadAverage, cores } = readMachine();
    if (loadAverage / cores <= quietLoadPerCore || performance.now() >= deadline || signal.aborted) return;
    if (!told) progress(`waits for a load average below ${quietLoadPerCore * cores}; it is ${loadAverage}`);
    told = true;
    await delay(2000, undefined, { signal }).catch(() => undefined);
  }
}
