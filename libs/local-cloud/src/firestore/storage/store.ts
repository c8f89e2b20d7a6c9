import { groupKey, idOf, parentOf, rootOf } from '../resource-name.ts';
import { DocumentSet } from './document-set.ts';
import type { StoredDocument } from './stored-document.ts';

/** What a commit did to one document; undefined stands for its absence. */
export interface DocumentChange {
  readonly name: string;
  readonly before: StoredDocument | undefined;
  readonly after: StoredDocument | undefined;
}

interface Group {
  readonly collections: Map<string, DocumentSet>;
  /** All documents of the group, from the first query over the group on. */
  all: DocumentSet | undefined;
}

/** The current documents of all databases, by name, by collection and by collection group. */
export class Store {
  readonly #documents = new Map<string, StoredDocument>();
  readonly #collections = new Map<string, DocumentSet>();
  readonly #groups = new Map<string, Group>();
  readonly #empty = new DocumentSet(0);

  get(name: string): StoredDocument | undefined {
    return this.#documents.get(name);
  }

  /** Every document, collection by collection. */
  documents(): Iterable<StoredDocument> {
    return this.#documents.values();
  }

  /** The documents directly in the collection `…/users`. */
  collection(path: string): DocumentSet {
    return this.#collections.get(path) ?? this.#empty;
  }

  /** The documents of all collections of a database with one id. */
  group(key: string): DocumentSet {
    const group = this.#groups.get(key);
    if (group === undefined) return this.#empty;
    group.all ??= new DocumentSet(
      rootOf(key).length + 1,
      [...group.collections.values()].flatMap((collection) => [...collection.byName.ascending()]),
    );
    return group.all;
  }

  /** The groups with that id, of every database. */
  *groupsOf(collectionId: string): Generator<DocumentSet, void> {
    for (const key of this.#groups.keys()) if (key.endsWith(`//${collectionId}`)) yield this.group(key);
  }

  /** The collections at any depth below a document or below the root of a database. */
  *collectionsBelow(parent: string): Generator<[path: string, documents: DocumentSet], void> {
    const prefix = `${parent}/`;
    for (const entry of this.#collections) if (entry[0].startsWith(prefix)) yield entry;
  }

  apply({ name, before, after }: DocumentChange): void {
    if (after !== undefined) this.#documents.set(name, after);
    else this.#documents.delete(name);
    const path = parentOf(name);
    const collection = this.#collections.get(path) ?? this.#addCollection(path);
    collection.change(before, after);
    const key = groupKey(path, idOf(path));
    const group = this.#groups.get(key);
    group?.all?.change(before, after);
    if (collection.size > 0) return;
    this.#collections.delete(path);
    group?.collections.delete(path);
    if (group?.collections.size === 0) this.#groups.delete(key);
  }

  #addCollection(path: string): DocumentSet {
    const collection = new DocumentSet(path.length + 1);
    this.#collections.set(path, collection);
    const key = groupKey(path, idOf(path));
    const group = this.#groups.get(key);
    if (group === undefined)
      this.#groups.set(key, { collections: new Map([[path, collection]]), all: undefined });
    else group.collections.set(path, collection);
    return collection;
  }
}
