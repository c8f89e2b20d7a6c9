const firstPerSecond = 500;
const growth = 1.5;
const stepMs = 5 * 60_000;
/** Steps after which no profile is limited by it any more. */
const mostSteps = 20;
const coldAfterMs = 30 * 60_000;
const mostKnown = 10_000;

/**
 * Firestore's rule for a collection that is new to traffic: at most 500 operations a second, half as many
 * again every five minutes. One that nothing was written to for half an hour counts as new.
 *
 * Source: https://firebase.google.com/docs/firestore/best-practices (ramping up traffic).
 */
export class CollectionRamps {
  readonly #known = new Map<string, { readonly since: number; readonly last: number }>();

  /** Writes a second that the collection takes at `now`. */
  limitOf(collection: string, now: number): number {
    const since = this.#sinceOf(collection, now) ?? now;
    const steps = Math.min(mostSteps, Math.floor((now - since) / stepMs));
    return Math.floor(firstPerSecond * growth ** steps);
  }

  /** Something was written to the collection. */
  note(collection: string, now: number): void {
    const since = this.#sinceOf(collection, now) ?? now;
    this.#known.delete(collection);
    this.#known.set(collection, { since, last: now });
    if (this.#known.size <= mostKnown) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  #sinceOf(collection: string, now: number): number | undefined {
    const known = this.#known.get(collection);
    return known === undefined || now - known.last > coldAfterMs ? undefined : known.since;
  }
}
