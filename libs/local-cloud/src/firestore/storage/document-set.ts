import { compareNames } from '../resource-name.ts';
import { compareValues } from '../values/compare.ts';
import { getField, type FieldPath } from '../values/field-path.ts';
import { OrderedSet } from './ordered-set.ts';
import type { StoredDocument } from './stored-document.ts';
import type { Value } from '../protos.ts';

export interface IndexEntry {
  readonly value: Value;
  readonly document: StoredDocument;
}

/** The entries of one field: by value, then by name. Documents without the field are not in it. */
export type FieldIndex = OrderedSet<IndexEntry>;

/** Documents ordered by name, with an index for each field that a query asked for. */
export class DocumentSet {
  readonly byName: OrderedSet<StoredDocument>;
  readonly #prefix: number;
  readonly #indexes = new Map<string, { path: FieldPath; entries: FieldIndex }>();

  /** The names of all documents begin with the same `prefix` characters, the last of them a slash. */
  constructor(prefix: number, documents: Iterable<StoredDocument> = []) {
    this.#prefix = prefix;
    this.byName = new OrderedSet(
      (a: StoredDocument, b: StoredDocument) => compareNames(a.name, b.name, prefix),
      documents,
    );
  }

  get size(): number {
    return this.byName.size;
  }

  /** The index of a field, built at its first use and kept current from then on. */
  indexOf(path: FieldPath): FieldIndex {
    const known = this.#indexes.get(path.canonical);
    if (known !== undefined) return known.entries;
    const found: IndexEntry[] = [];
    for (const document of this.byName.ascending()) {
      const value = getField(document.fields, path);
      if (value !== undefined) found.push({ value, document });
    }
    const entries = new OrderedSet((a: IndexEntry, b: IndexEntry) => this.#compareEntries(a, b), found);
    this.#indexes.set(path.canonical, { path, entries });
    return entries;
  }

  change(before: StoredDocument | undefined, after: StoredDocument | undefined): void {
    if (after !== undefined) this.byName.put(after);
    else if (before !== undefined) this.byName.remove(before);
    for (const { path, entries } of this.#indexes.values()) {
      const old = before && getField(before.fields, path);
      const value = after && getField(after.fields, path);
      const isMoved = old === undefined || value === undefined || compareValues(old, value) !== 0;
      if (before !== undefined && old !== undefined && isMoved)
        entries.remove({ value: old, document: before });
      if (after !== undefined && value !== undefined) entries.put({ value, document: after });
    }
  }

  #compareEntries(a: IndexEntry, b: IndexEntry): number {
    return compareValues(a.value, b.value) || compareNames(a.document.name, b.document.name, this.#prefix);
  }
}
