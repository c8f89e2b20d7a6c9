import { setTimeout as sleep } from 'node:timers/promises';

/** Waits that long, or until the signal aborts; it keeps no process alive. Given in, so that specs need not wait. */
export type Pause = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

export const pause: Pause = async (milliseconds, signal) => {
  const options = signal === undefined ? { ref: false } : { ref: false, signal };
  await sleep(milliseconds, undefined, options).catch(() => undefined);
};
