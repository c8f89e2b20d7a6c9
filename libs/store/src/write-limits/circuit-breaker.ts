import type { PacedPriority } from './write-limiter.ts';

/**
 * `closed`: everything is written. `shedsBackground`, `shedsCommands`: only what is more urgent is.
 * `probing`: one request at a time, until one succeeds.
 */
export type BreakerState = 'closed' | 'shedsBackground' | 'shedsCommands' | 'probing';

export interface BreakerChange {
  readonly from: BreakerState;
  readonly to: BreakerState;
}

/** An answer of Firestore to a write. */
export interface WriteAnswer {
  /** When the request was sent. */
  readonly sentAt: number;
  readonly isExhausted: boolean;
}

/** Exhausted this long after background work has stopped: commands stop, too. */
const worseAfterMs = 1_000;
const longestCoolDownMs = 60_000;

/**
 * What to hold back when Firestore says RESOURCE_EXHAUSTED. A state machine without a clock: time comes in, and
 * never runs backwards.
 *
 * The first such answer stops background work, one to what was sent a second or more later stops commands;
 * executions are never stopped. After the cool-down single requests find out whether it is over: a success closes,
 * another such answer stops the same work for twice as long, up to a minute.
 */
export class CircuitBreaker {
  readonly #coolDownMs: number;
  #state: BreakerState = 'closed';
  /** What it sheds again when a probe fails. */
  #sheds: 'shedsBackground' | 'shedsCommands' = 'shedsBackground';
  #since = -Infinity;
  #failures = 0;
  /** How often it opened, for reports. */
  opened = 0;

  constructor(coolDownMs: number) {
    this.#coolDownMs = coolDownMs;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Whether one request at a time may go. */
  get isProbing(): boolean {
    return this.#state === 'probing';
  }

  allows(priority: PacedPriority): boolean {
    if (this.#state === 'shedsCommands') return false;
    return this.#state !== 'shedsBackground' || priority === 'command';
  }

  /** When it starts to probe; `undefined` when time changes nothing. */
  get probesAt(): number | undefined {
    if (this.#state === 'closed' || this.#state === 'probing') return undefined;
    return this.#since + Math.min(longestCoolDownMs, this.#coolDownMs * 2 ** (this.#failures - 1));
  }

  /** Time has come to `now`. */
  advance(now: number): BreakerChange | undefined {
    return this.probesAt !== undefined && now >= this.probesAt ? this.#enter('probing', now) : undefined;
  }

  /** An answer arrived at `now`, to a request of whatever urgency. */
  answered({ sentAt, isExhausted }: WriteAnswer, now: number): BreakerChange | undefined {
    switch (this.#state) {
      case 'closed':
        return isExhausted ? this.#open('shedsBackground', now) : undefined;
      case 'shedsBackground':
        return isExhausted && sentAt >= this.#since + worseAfterMs
          ? this.#open('shedsCommands', now)
          : undefined;
      case 'shedsCommands':
        return undefined;
      case 'probing':
        if (sentAt < this.#since) return undefined;
        return isExhausted ? this.#open(this.#sheds, now) : this.#enter('closed', now);
    }
  }

  #open(sheds: 'shedsBackground' | 'shedsCommands', now: number): BreakerChange | undefined {
    if (this.#state !== 'shedsBackground') this.#failures += 1;
    this.#sheds = sheds;
    this.opened += 1;
    return this.#enter(sheds, now);
  }

  #enter(to: BreakerState, now: number): BreakerChange {
    const change = { from: this.#state, to };
    this.#state = to;
    this.#since = now;
    if (to === 'closed') this.#failures = 0;
    return change;
  }
}
