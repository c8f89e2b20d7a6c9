import { compareNames } from '../resource-name.ts';
import { compareValues } from '../values/compare.ts';
import { getField, type FieldPath } from '../values/field-path.ts';
import { fieldName, type FieldName } from './decode-fields.ts';
import { OrderedSet } from './ordered-set.ts';
import { SharedValues } from './shared-values.ts';
import type { StoredDocument } from './stored-document.ts';
import type { Value } from '../protos.ts';

/** One field of an index. `element` stands for each distinct element of an array, not for the value itself. */
export interface IndexedField {
  readonly path: FieldPath;
  readonly mode: 'value' | 'element';
  readonly direction: 1 | -1;
}

/** The fields that an index is ordered by, one after the other, then the direction of the names. */
export interface IndexShape {
  readonly fields: readonly IndexedField[];
  readonly byName: 1 | -1;
}

export interface IndexEntry {
  readonly values: readonly Value[];
  readonly document: StoredDocument;
}

/** Spells a shape: equal shapes have equal keys. */
export function shapeKey({ fields, byName }: IndexShape): string {
  const parts = fields.map(({ path, mode, direction }) => `${mode[0]}${direction}${path.canonical}`);
  return `${parts.join('\n')}\n${byName}`;
}

/** The entries of the documents that have every field of the shape, in its order. */
export class DocumentIndex {
  readonly entries: OrderedSet<IndexEntry>;
  readonly #shape: IndexShape;
  readonly #prefix: number;
  /** At the top of documents, what the shape is made of. */
  readonly #names: readonly FieldName[];
  /** Of each field of the shape. */
  readonly #shared: readonly SharedValues[];

  /** The names of all documents begin with the same `prefix` characters. */
  constructor(shape: IndexShape, prefix: number, documents: Iterable<StoredDocument>) {
    this.#shape = shape;
    this.#prefix = prefix;
    const names = new Set(shape.fields.flatMap(({ path }) => path.segments.slice(0, 1)));
    this.#names = [...names].map(fieldName);
    this.#shared = shape.fields.map(() => new SharedValues());
    const found: IndexEntry[] = [];
    for (const document of documents) found.push(...this.#entriesOf(document));
    this.entries = new OrderedSet((a: IndexEntry, b: IndexEntry) => this.#compare(a, b), found);
  }

  change(before: StoredDocument | undefined, after: StoredDocument | undefined): void {
    const added = after === undefined ? [] : this.#entriesOf(after);
    for (const old of before === undefined ? [] : this.#entriesOf(before)) {
      if (!added.some((entry) => this.#compare(old, entry) === 0)) this.entries.remove(old);
    }
    for (const entry of added) this.entries.put(entry);
  }

  #entriesOf(document: StoredDocument): IndexEntry[] {
    let tuples: Value[][] = [[]];
    const fields = document.fieldsNamed(this.#names);
    for (const [at, { path, mode }] of this.#shape.fields.entries()) {
      const value = getField(fields, path);
      if (value === undefined) return [];
      if (mode === 'value') {
        const shared = this.#shared[at]?.share(value) ?? value;
        for (const tuple of tuples) tuple.push(shared);
      } else {
        const elements = distinctValues(value.arrayValue?.values ?? []);
        tuples = tuples.flatMap((tuple) => elements.map((element) => [...tuple, element]));
      }
    }
    return tuples.map((values) => ({ values, document }));
  }

  #compare(a: IndexEntry, b: IndexEntry): number {
    const { fields, byName } = this.#shape;
    for (let i = 0; i < fields.length; i += 1) {
      const order = compareValues(a.values[i] ?? {}, b.values[i] ?? {});
      if (order !== 0) return order * (fields[i]?.direction ?? 1);
    }
    return compareNames(a.document.name, b.document.name, this.#prefix) * byName;
  }
}

/** The values without those that equal an earlier one. */
export function distinctValues(values: readonly Value[]): Value[] {
  if (values.length < 2) return [...values];
  return values
    .toSorted(compareValues)
    .filter((value, i, sorted) => i === 0 || compareValues(sorted[i - 1] ?? {}, value) !== 0);
}
