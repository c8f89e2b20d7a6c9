export type MeteredService = 'pubsub' | 'firestore' | 'bigquery' | 'discord';

/** Counts what the served requests would be billed or limited by, since the start of the process. */
export class Meter {
  readonly #counts = new Map<string, number>();

  /** Adds `amount` to `{service}.{what}`, for example `firestore.reads` or `pubsub.publishedBytes`. */
  add(service: MeteredService, what: string, amount = 1): void {
    const key = `${service}.${what}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + amount);
  }

  snapshot(): Record<string, number> {
    return Object.fromEntries([...this.#counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}
