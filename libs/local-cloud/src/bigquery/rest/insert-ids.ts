import type { CloudClock } from '../../core/clock.ts';

const windowMicros = 60_000_000n;

/**
 * The insertIds of the last minute: best effort as in BigQuery, and in memory only, so that a restart forgets them.
 */
export class InsertIds {
  readonly #clock: CloudClock;
  /** When each was seen; in that order. */
  readonly #seen = new Map<string, bigint>();

  constructor(clock: CloudClock) {
    this.#clock = clock;
  }

  /** Remembers the id; false when it was there already. */
  add(rowsId: number, insertId: string): boolean {
    const now = this.#clock.nowMicros();
    for (const [key, at] of this.#seen) {
      if (now - at < windowMicros) break;
      this.#seen.delete(key);
    }
    const key = `${rowsId} ${insertId}`;
    if (this.#seen.has(key)) return false;
    this.#seen.set(key, now);
    return true;
  }

  /** Forgets an id whose row was not stored after all. */
  remove(rowsId: number, insertId: string): void {
    this.#seen.delete(`${rowsId} ${insertId}`);
  }
}
