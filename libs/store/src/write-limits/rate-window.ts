/** Writes by what they count for: `total`, a collection, a document. */
export type Counts = ReadonlyMap<string, number>;

interface Entry {
  readonly at: number;
  readonly counts: Counts;
}

export const windowMs = 1_000;

/** What was written in the last second, by what it counts for. Its memory is that second's. */
export class RateWindow {
  readonly #sums = new Map<string, number>();
  #entries: Entry[] = [];
  #first = 0;
  /** The later parts of what is too much for one second, ascending by time. */
  #later: Entry[] = [];

  /** Forgets what is a second old at `now`. */
  advance(now: number): void {
    for (let next = this.#later[0]; next !== undefined && next.at <= now; [next] = this.#later) {
      this.#later.shift();
      this.#enter(next);
    }
    for (let oldest = this.#entries[this.#first]; oldest !== undefined; oldest = this.#entries[this.#first]) {
      if (oldest.at + windowMs > now) break;
      for (const [key, count] of oldest.counts) this.#add(key, -count);
      this.#first += 1;
    }
    if (this.#first > 1_024 || this.#first === this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }

  sum(key: string): number {
    return this.#sums.get(key) ?? 0;
  }

  /**
   * Enters writes of `now`. What is more than `limitOf` allows in a second occupies the seconds after it.
   */
  record(now: number, counts: Counts, limitOf: (key: string) => number): void {
    let rest: Counts = counts;
    for (let at = now; rest.size > 0; at += windowMs) {
      const tooMuch = [...rest].filter(([key, n]) => n > limitOf(key));
      const entry: Entry = { at, counts: tooMuch.length === 0 ? rest : withinLimits(rest, limitOf) };
      if (at === now) this.#enter(entry);
      else this.#later.push(entry);
      rest = new Map(tooMuch.map(([key, n]) => [key, n - limitOf(key)]));
    }
    this.#later.sort((one, other) => one.at - other.at);
  }

  /** When the next writes become a second old, or count. */
  nextChange(): number | undefined {
    const oldest = this.#entries[this.#first];
    const later = this.#later[0]?.at;
    if (oldest === undefined) return later;
    return Math.min(oldest.at + windowMs, later ?? Infinity);
  }

  #enter(entry: Entry): void {
    this.#entries.push(entry);
    for (const [key, count] of entry.counts) this.#add(key, count);
  }

  #add(key: string, count: number): void {
    const sum = this.sum(key) + count;
    if (sum === 0) this.#sums.delete(key);
    else this.#sums.set(key, sum);
  }
}

function withinLimits(counts: Counts, limitOf: (key: string) => number): Counts {
  return new Map([...counts].map(([key, n]) => [key, Math.min(n, limitOf(key))]));
}
