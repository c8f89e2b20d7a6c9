/** The local cloud's one clock: every commit, publish and message time of one run comes from it. */
export interface CloudClock {
  /** Epoch microseconds. Never repeats and never runs backwards. */
  nowMicros(): bigint;
}

/** The machine's clock in microseconds, made strictly increasing. */
export function systemClock(): CloudClock {
  let last = 0n;
  return {
    nowMicros() {
      const now = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000));
      last = now > last ? now : last + 1n;
      return last;
    },
  };
}
