/** So many requests in each window, counted from the first request of the window. */
export interface RateLimit {
  readonly requests: number;
  readonly windowMicros: bigint;
}

/** Discord documents no figure; this one is what its webhooks have been seen to allow. */
export const defaultRateLimit: RateLimit = { requests: 5, windowMicros: 2_000_000n };

/** Of one bot, or of an address without one. Documented. */
export const globalRateLimit: RateLimit = { requests: 50, windowMicros: 1_000_000n };

/** Answers 401, 403 and 429 of one address before it is blocked. Documented. */
export const invalidRequestLimit: RateLimit = { requests: 10_000, windowMicros: 600_000_000n };

export interface Permit {
  readonly isAllowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAtMicros: bigint;
  readonly resetAfterMicros: bigint;
}

interface Window {
  used: number;
  readonly endsAtMicros: bigint;
}

const keptWindows = 4096;

/** The rate limit buckets of one server. Without a limit everything is allowed and announced as plenty. */
export class RateLimiter {
  readonly #limit: RateLimit | undefined;
  readonly #windows = new Map<string, Window>();

  constructor(limit: RateLimit | undefined) {
    this.#limit = limit;
  }

  take(bucket: string, nowMicros: bigint): Permit {
    if (this.#limit === undefined) return unlimited(nowMicros);
    const { requests, windowMicros } = this.#limit;
    let window = this.#windows.get(bucket);
    if (window === undefined || window.endsAtMicros <= nowMicros) {
      this.#forgetEnded(nowMicros);
      window = { used: 0, endsAtMicros: nowMicros + windowMicros };
      this.#windows.set(bucket, window);
    }
    const isAllowed = window.used < requests;
    if (isAllowed) window.used += 1;
    return {
      isAllowed,
      limit: requests,
      remaining: requests - window.used,
      resetAtMicros: window.endsAtMicros,
      resetAfterMicros: window.endsAtMicros - nowMicros,
    };
  }

  /** Whether the next `take` would be refused. */
  isUsedUp(bucket: string, nowMicros: bigint): boolean {
    const window = this.#windows.get(bucket);
    if (this.#limit === undefined || window === undefined) return false;
    return window.used >= this.#limit.requests && window.endsAtMicros > nowMicros;
  }

  #forgetEnded(nowMicros: bigint): void {
    if (this.#windows.size < keptWindows) return;
    for (const [bucket, { endsAtMicros }] of this.#windows) {
      if (endsAtMicros <= nowMicros) this.#windows.delete(bucket);
    }
  }
}

function unlimited(nowMicros: bigint): Permit {
  const limit = 1_000_000;
  const resetAfterMicros = 1_000_000n;
  const resetAtMicros = nowMicros + resetAfterMicros;
  return { isAllowed: true, limit, remaining: limit - 1, resetAtMicros, resetAfterMicros };
}
