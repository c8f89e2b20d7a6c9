import type { CompositeIndex, FieldOverride } from './index-file.ts';

/** A definition that queries lacked, as it goes into firestore.indexes.json. */
export interface MissingIndex {
  readonly definition: CompositeIndex | FieldOverride;
  /** How many queries were refused for it. */
  readonly refused: number;
}

const MAX_KEPT = 1000;

/** The indexes that queries lacked since the start, in the order in which they were first missed. */
export class MissingIndexes {
  readonly #found = new Map<string, MissingIndex>();

  add(definition: CompositeIndex | FieldOverride): void {
    const key = JSON.stringify(definition);
    const known = this.#found.get(key);
    if (known === undefined && this.#found.size >= MAX_KEPT) return;
    this.#found.set(key, { definition, refused: (known?.refused ?? 0) + 1 });
  }

  list(): MissingIndex[] {
    return [...this.#found.values()];
  }
}
