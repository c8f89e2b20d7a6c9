/** Where a change of a map or set goes: into a copy, never into what others may hold. */
export interface Copies {
  ofMap<Value>(map: ReadonlyMap<string, Value>): Map<string, Value>;
  ofSet(set: ReadonlySet<string>): Set<string>;
}

/** A copy for each change. */
export const freshCopies: Copies = {
  ofMap: (map) => new Map(map),
  ofSet: (set) => new Set(set),
};

/**
 * One copy for all changes: what it has copied is its own, and handed out again. Whoever uses it must not
 * look at an earlier state of what it changes.
 */
export class OwnCopies implements Copies {
  /** The few maps and sets of an account. */
  readonly #own: object[] = [];

  ofMap<Value>(map: ReadonlyMap<string, Value>): Map<string, Value> {
    // What is its own it has made itself, as a map of the same.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    if (this.#own.includes(map)) return map as Map<string, Value>;
    const copy = new Map(map);
    this.#own.push(copy);
    return copy;
  }

  ofSet(set: ReadonlySet<string>): Set<string> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    if (this.#own.includes(set)) return set as Set<string>;
    const copy = new Set(set);
    this.#own.push(copy);
    return copy;
  }
}
