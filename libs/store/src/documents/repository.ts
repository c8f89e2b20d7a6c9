import { type CollectionName, collectionAt } from '@bellwether/contracts';
import { invariant } from '@bellwether/domain';
import type { Firestore, Timestamp } from '@google-cloud/firestore';
import { readDocument } from '../read-document.ts';
import type { ReadDocument } from '../reads/read-document.ts';
import { readList, readOne } from '../reads/read-list.ts';
import { DocumentBatch } from './document-batch.ts';

/** A document as it was read. */
export interface Stored<Document> {
  readonly document: Document;
  readonly createTime: Timestamp;
  readonly updateTime: Timestamp;
}

/** Fields that expire a document, where its collection says so. */
type Expiring<Document> = Document & { readonly expireAt?: Timestamp };

/** The documents of one collection whose documents are never changed. */
export class ImmutableRepository<Document extends object> {
  protected readonly firestore: Firestore;
  readonly #name: CollectionName;
  readonly #inShape: (stored: never) => Document;

  /** @param inShape makes today's shape of what was stored in an older one. */
  constructor(
    firestore: Firestore,
    name: CollectionName,
    inShape: (stored: never) => Document = (stored) => stored,
  ) {
    this.firestore = firestore;
    this.#name = name;
    this.#inShape = inShape;
  }

  async read(path: string): Promise<Stored<Document> | undefined> {
    return this.#stored(await readOne(this.firestore, this.own(path)));
  }

  /** In the order of the paths; up to 300 in one round trip. */
  async readAll(paths: readonly string[]): Promise<readonly (Stored<Document> | undefined)[]> {
    const found = await readList(
      this.firestore,
      paths.map((path) => this.own(path)),
    );
    return paths.map((path) => this.#stored(found.get(path)));
  }

  /** Fails with ALREADY_EXISTS where there is one. @throws DocumentTooLargeError */
  async create(path: string, document: Expiring<Document>): Promise<Timestamp> {
    return this.write((batch) => batch.create(this.own(path), document));
  }

  /** The path, if it is of this collection. */
  protected own(path: string): string {
    invariant(collectionAt(path) === this.#name, `${path} is not of the collection ${this.#name}`);
    return path;
  }

  protected async write(fill: (batch: DocumentBatch) => unknown): Promise<Timestamp> {
    const batch = new DocumentBatch(this.firestore);
    fill(batch);
    const [written] = await batch.commit();
    invariant(written, 'a write was answered without a time');
    return written.writeTime;
  }

  #stored(found: ReadDocument | undefined): Stored<Document> | undefined {
    const stored = readDocument<never>(found);
    if (found === undefined || stored === undefined) return undefined;
    const { createTime, updateTime } = found;
    return { document: this.#inShape(stored), createTime, updateTime };
  }
}

/** The documents of one collection. What answers to a write is the update time that the next one may expect. */
export class Repository<Document extends object> extends ImmutableRepository<Document> {
  /** @throws DocumentTooLargeError */
  async set(path: string, document: Expiring<Document>): Promise<Timestamp> {
    return this.write((batch) => batch.set(this.own(path), document));
  }

  /**
   * Changes fields of a document that is there. Fails with FAILED_PRECONDITION when it was not last written at
   * the time that is given.
   *
   * @throws DocumentTooLargeError
   */
  async update(
    path: string,
    fields: Partial<Expiring<Document>>,
    lastUpdateTime?: Timestamp,
  ): Promise<Timestamp> {
    return this.write((batch) => batch.update(this.own(path), fields, lastUpdateTime));
  }

  /** Nothing happens where there is none. */
  async remove(path: string): Promise<Timestamp> {
    return this.write((batch) => batch.delete(this.own(path)));
  }
}
