import type { Timestamp } from '@google-cloud/firestore';
import { leafPaths } from './field-paths.ts';
import { ReverseWriter } from './reverse-writer.ts';
import { writeFields, writeTimestamp } from './write-value.ts';

/** What a write says of the document before it. */
type Precondition = { readonly exists: boolean } | { readonly updateTime: Timestamp };

interface DocumentWrite {
  readonly path: string;
  readonly document: object;
  readonly precondition?: Precondition;
  readonly mask?: readonly string[];
}

/**
 * Tags of google.firestore.v1: of CommitRequest, Write, Document, DocumentMask and Precondition. A tag is the number of
 * a field and its wire type in one.
 */
const tag = {
  database: 0x0a,
  writes: 0x12,
  update: 0x0a,
  updateMask: 0x1a,
  currentDocument: 0x22,
  name: 0x0a,
  fields: 0x12,
  fieldPaths: 0x0a,
  exists: 0x08,
  updateTime: 0x12,
} as const;

const writer = new ReverseWriter();

/** The writes of one commit, which apply together or not at all. Documents are written whole. */
export class CommitWrites {
  readonly #writes: DocumentWrite[] = [];

  get size(): number {
    return this.#writes.length;
  }

  /** The document must not be there. */
  create(path: string, document: object): void {
    this.#writes.push({ path, document, precondition: { exists: false } });
  }

  /** The document must be as it was at `updateTime`; nothing stays of what it was. */
  replace(path: string, document: object, updateTime: Timestamp): void {
    this.#writes.push({ path, document, precondition: { updateTime } });
  }

  /** Sets these fields, at any depth, and leaves the others of the document, if there is one. */
  merge(path: string, fields: object): void {
    this.#writes.push({ path, document: fields, mask: leafPaths(fields) });
  }

  /**
   * The bytes of a google.firestore.v1.CommitRequest.
   *
   * @param database `projects/{project}/databases/{database}`.
   * @throws UnstorableValueError that names document and field.
   */
  encode(database: string): Buffer {
    try {
      for (const write of this.#writes.toReversed()) writeOne(database, write);
      writer.text(database);
      writer.varint(tag.database);
    } catch (error) {
      writer.take();
      throw error;
    }
    return writer.take();
  }
}

function writeOne(database: string, { path, document, precondition, mask }: DocumentWrite): void {
  const end = writer.size;
  if (precondition !== undefined) {
    writePrecondition(precondition);
    writer.close(end, tag.currentDocument);
  }
  if (mask !== undefined) {
    const before = writer.size;
    for (const fieldPath of mask.toReversed()) {
      writer.text(fieldPath);
      writer.varint(tag.fieldPaths);
    }
    writer.close(before, tag.updateMask);
  }
  const before = writer.size;
  writeFields(writer, document, tag.fields, `${path}: `);
  writer.text(`${database}/documents/${path}`);
  writer.varint(tag.name);
  writer.close(before, tag.update);
  writer.close(end, tag.writes);
}

function writePrecondition(precondition: Precondition): void {
  if ('exists' in precondition) {
    writer.varint(precondition.exists ? 1 : 0);
    writer.varint(tag.exists);
    return;
  }
  const end = writer.size;
  writeTimestamp(writer, precondition.updateTime);
  writer.close(end, tag.updateTime);
}
