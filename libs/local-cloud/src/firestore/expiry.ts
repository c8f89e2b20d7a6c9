import { Rank, rankOf } from './values/compare.ts';
import { fromTimestamp, SECOND, type Micros } from './time.ts';
import { parseFieldPath, type FieldPath } from './values/field-path.ts';
import type { IndexFile } from './indexes/index-file.ts';
import type { Store } from './storage/store.ts';

/** Production deletes within a day. An hour is late enough that nobody comes to count on it. */
const DELAY: Micros = 3600 * SECOND;
const SWEEP_EVERY: Micros = 60 * SECOND;
const MAX_PER_SWEEP = 500;

/** The time-to-live fields of the index file, and the documents whose time has come. */
export class Expiry {
  readonly #fields: readonly { readonly collectionGroup: string; readonly path: FieldPath }[];
  #nextSweep: Micros = 0;

  constructor(file: IndexFile | undefined) {
    this.#fields = (file?.fieldOverrides ?? [])
      .filter(({ ttl }) => ttl === true)
      .map(({ collectionGroup, fieldPath }) => ({ collectionGroup, path: parseFieldPath(fieldPath) }));
  }

  /** The names of documents to delete now: none between sweeps, and only so many at once. */
  due(store: Store, now: Micros): string[] {
    if (this.#fields.length === 0 || now < this.#nextSweep) return [];
    this.#nextSweep = now + SWEEP_EVERY;
    const names = new Set<string>();
    for (const { collectionGroup, path } of this.#fields) {
      for (const set of store.groupsOf(collectionGroup)) {
        const { entries } = set.index({ fields: [{ path, mode: 'value', direction: 1 }], byName: 1 });
        const timestamps = entries.ascending(({ values: [value] }) => rankOf(value ?? {}) < Rank.timestamp);
        for (const { values, document } of timestamps) {
          const expiresAt = values[0]?.timestampValue;
          if (expiresAt == null || fromTimestamp(expiresAt) + DELAY > now) break;
          names.add(document.name);
          if (names.size >= MAX_PER_SWEEP) {
            this.#nextSweep = now;
            return [...names];
          }
        }
      }
    }
    return [...names];
  }
}
