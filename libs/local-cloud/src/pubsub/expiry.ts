import type { Timed } from './delivery.ts';

/** The moment when a subscription may have been without use for too long. */
export class Expiry implements Timed {
  at = Infinity;
  readonly order = 0;
  place = -1;
  /** Epoch microseconds. */
  usedAt: number;
  readonly fire: () => void;

  constructor(now: number, expire: () => void) {
    this.usedAt = now;
    this.fire = expire;
  }
}
