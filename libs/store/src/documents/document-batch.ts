import { invariant } from '@bellwether/domain';
import type { Firestore, Timestamp, WriteBatch, WriteResult } from '@google-cloud/firestore';
import { collectionOf, guardDocument } from './guard-document.ts';

/**
 * Writes that apply together or not at all, each to a collection of the catalogue and within its bounds. What is
 * immutable is created or deleted, and never changed.
 */
export class DocumentBatch {
  readonly #firestore: Firestore;
  readonly #batch: WriteBatch;
  readonly #paths: string[] = [];

  constructor(firestore: Firestore) {
    this.#firestore = firestore;
    this.#batch = firestore.batch();
  }

  /** The document of each write, in order. */
  get paths(): readonly string[] {
    return this.#paths;
  }

  /** @throws DocumentTooLargeError */
  create(path: string, document: object): this {
    guardDocument(path, document);
    this.#batch.create(this.#take(path), document);
    return this;
  }

  /** @throws DocumentTooLargeError */
  set(path: string, document: object): this {
    this.#guardChange(path, document);
    this.#batch.set(this.#take(path), document);
    return this;
  }

  /**
   * Changes fields of a document that is there, and at that update time where one is given.
   *
   * @throws DocumentTooLargeError
   */
  update(path: string, fields: object, lastUpdateTime?: Timestamp): this {
    this.#guardChange(path, fields);
    if (lastUpdateTime === undefined) this.#batch.update(this.#take(path), { ...fields });
    else this.#batch.update(this.#take(path), { ...fields }, { lastUpdateTime });
    return this;
  }

  delete(path: string): this {
    const { retention } = collectionOf(path);
    invariant(retention !== 'kept', `${path} is kept for ever`);
    this.#batch.delete(this.#take(path));
    return this;
  }

  async commit(): Promise<readonly WriteResult[]> {
    return this.#batch.commit();
  }

  #guardChange(path: string, fields: object): void {
    invariant(!collectionOf(path).isImmutable, `${path} is never changed`);
    guardDocument(path, fields);
  }

  #take(path: string) {
    this.#paths.push(path);
    return this.#firestore.doc(path);
  }
}
