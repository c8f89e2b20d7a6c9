import type { Clock } from '@bellwether/domain';

/** How fast a tape plays: as fast as it can be published, or so many times as fast as it was recorded. */
export type TapeSpeed = 'max' | number;

/** Resolves after that many milliseconds, or early when the signal aborts. Never throws. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** The least time between two releases: ticks that fall due within it leave together. */
export const windowMs = 5;

/** Says when the ticks of a tape are due: at `start + (exchange time - first exchange time) / speed`. */
export class TapePace {
  readonly #speed: TapeSpeed;
  readonly #clock: Clock;
  readonly #sleep: Sleep;
  #startedAt = 0;
  #firstAt = 0;
  #releasedAt = Number.NEGATIVE_INFINITY;

  constructor(speed: TapeSpeed, clock: Clock, sleep: Sleep) {
    this.#speed = speed;
    this.#clock = clock;
    this.#sleep = sleep;
  }

  /** The tick of this exchange time is due now. */
  start(firstAt: number): void {
    this.#firstAt = firstAt;
    this.#startedAt = this.#clock.now();
    this.#releasedAt = Number.NEGATIVE_INFINITY;
  }

  /** Whether a tick was due at the last release. Reads no clock. */
  isReleased(exchangeAt: number): boolean {
    return this.#speed === 'max' || this.#dueAt(exchangeAt, this.#speed) <= this.#releasedAt;
  }

  /** Waits until the tick is due, or the signal aborts, and at least one window since the last release. */
  async release(exchangeAt: number, signal: AbortSignal): Promise<void> {
    if (this.#speed === 'max') return;
    const earliest = Math.max(this.#dueAt(exchangeAt, this.#speed), this.#releasedAt + windowMs);
    for (let now = this.#clock.now(); !signal.aborted; now = this.#clock.now()) {
      if (now >= earliest) {
        this.#releasedAt = now;
        return;
      }
      await this.#sleep(Math.min(earliest - now, longestSleepMs), signal);
    }
  }

  #dueAt(exchangeAt: number, speed: number): number {
    return this.#startedAt + (exchangeAt - this.#firstAt) / speed;
  }
}

/** Timers take 2^31 ms at most; a wall clock that is set meanwhile is noticed. */
const longestSleepMs = 60_000;
