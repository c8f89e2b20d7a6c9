import { randomBytes, randomUUID } from 'node:crypto';

/** The machine's clock. It runs on from process start, so a step of the wall clock does not bend it. */
export const systemClock = {
  /** Epoch milliseconds, with fraction. */
  now: (): number => performance.timeOrigin + performance.now(),
};

export const systemIds = {
  /** A random UUID. */
  next: (): string => randomUUID(),
  /** Random lower-case hex digits. */
  hex: (digits: number): string =>
    randomBytes(Math.ceil(digits / 2))
      .toString('hex')
      .slice(0, digits),
};
