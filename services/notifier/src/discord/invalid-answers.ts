/** Discord blocks an address after 10,000 invalid answers in ten minutes; we stop at a tenth of that. */
export const mostInvalidAnswers = 1_000;
const windowMs = 600_000;

/**
 * Counts the invalid answers (401, 403, 404, 429) that our address was given, and says when it may ask again: while
 * 1,000 of them are younger than ten minutes, nobody may. Limits of the scope `shared` do not count.
 */
export class InvalidAnswers {
  /** When the last `mostInvalidAnswers` of them came, as a ring; the oldest is at `#next`. */
  readonly #times: number[] = [];
  #next = 0;

  /** @param now epoch milliseconds, never before the last call's. */
  note(now: number): void {
    this.#times[this.#next] = now;
    this.#next = (this.#next + 1) % mostInvalidAnswers;
  }

  /** How many of them are younger than ten minutes, up to as many as close the address. */
  within(now: number): number {
    return this.#times.filter((time) => time > now - windowMs).length;
  }

  /** Epoch milliseconds before which no request may leave; 0 while there are too few to matter. */
  get closedUntil(): number {
    const oldest = this.#times.length < mostInvalidAnswers ? undefined : this.#times[this.#next];
    return oldest === undefined ? 0 : oldest + windowMs;
  }
}
