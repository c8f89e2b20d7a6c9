const firstPerSecond = 500;
const growth = 1.5;
const stepMs = 5 * 60_000;
/** Steps after which no profile is limited by it any more. */
const mostSteps = 20;
const coldAfterMs = 30 * 60_000;
/** The collections of the last writes, as many at least as this and at most twice as many. */
const leastKnown = 10_000;

interface Traffic {
  readonly since: number;
  last: number;
}

/**
 * Firestore's rule for a collection that is new to traffic: at most 500 operations a second, half as many
 * again every five minutes. One that nothing was written to for half an hour counts as new.
 *
 * Source: https://firebase.google.com/docs/firestore/best-practices (ramping up traffic).
 */
export class CollectionRamps {
  /** Two generations, so that nothing is moved with each write, and the oldest go together. */
  #known = new Map<string, Traffic>();
  #knownBefore = new Map<string, Traffic>();

  /** Writes a second that the collection takes at `now`. */
  limitOf(collection: string, now: number): number {
    const { since } = this.#warm(collection, now) ?? { since: now };
    const steps = Math.min(mostSteps, Math.floor((now - since) / stepMs));
    return Math.floor(firstPerSecond * growth ** steps);
  }

  /** Something was written to the collection. */
  note(collection: string, now: number): void {
    const known = this.#warm(collection, now);
    if (known !== undefined) known.last = now;
    if (known !== undefined && this.#known.has(collection)) return;
    this.#known.set(collection, known ?? { since: now, last: now });
    if (this.#known.size < leastKnown) return;
    this.#knownBefore = this.#known;
    this.#known = new Map();
  }

  #warm(collection: string, now: number): Traffic | undefined {
    const known = this.#known.get(collection) ?? this.#knownBefore.get(collection);
    return known === undefined || now - known.last > coldAfterMs ? undefined : known;
  }
}
