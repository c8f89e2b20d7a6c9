import { compareNames } from '../resource-name.ts';
import { DocumentIndex, shapeKey, type IndexShape } from './document-index.ts';
import { OrderedSet } from './ordered-set.ts';
import type { StoredDocument } from './stored-document.ts';

/** More indexes than any sensible set of queries needs; the one unused for longest makes room. */
const MAX_INDEXES = 64;

/** Documents ordered by name, with an index for each shape of query that was asked. */
export class DocumentSet {
  readonly byName: OrderedSet<StoredDocument>;
  readonly #prefix: number;
  /** The least recently used first. */
  readonly #indexes = new Map<string, DocumentIndex>();

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

  /** The index of a shape, built at its first use and kept current from then on. */
  index(shape: IndexShape): DocumentIndex {
    const key = shapeKey(shape);
    const known = this.#indexes.get(key);
    const index = known ?? new DocumentIndex(shape, this.#prefix, this.byName.ascending());
    if (known !== undefined) this.#indexes.delete(key);
    this.#indexes.set(key, index);
    if (this.#indexes.size > MAX_INDEXES) {
      for (const oldest of this.#indexes.keys()) {
        this.#indexes.delete(oldest);
        break;
      }
    }
    return index;
  }

  change(before: StoredDocument | undefined, after: StoredDocument | undefined): void {
    if (after !== undefined) this.byName.put(after);
    else if (before !== undefined) this.byName.remove(before);
    for (const index of this.#indexes.values()) index.change(before, after);
  }
}
