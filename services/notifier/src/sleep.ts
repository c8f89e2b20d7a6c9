import { setTimeout as delay } from 'node:timers/promises';

/** Waits that long, or until the signal is raised; it never throws. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}
