import type { Timestamp } from '@google-cloud/firestore';
import { ReverseWriter } from '../commits/reverse-writer.ts';
import { writeTimestamp } from '../commits/write-value.ts';

/** Documents of one collection whose ids lie in a range, which needs no index. */
export interface IdRange {
  /** The path of the collection. */
  readonly within: string;
  /** The least id; from the first on without it. */
  readonly from?: string;
  /** The id before which it ends; without it, it goes to the last. */
  readonly before?: string;
}

/** A part of a range, to be read in one answer. */
export interface RangePage extends IdRange {
  /** The id of the last document of the page before. */
  readonly after?: string;
  readonly limit: number;
  /** As of this moment; as of now without it. */
  readonly readTime?: Timestamp;
}

/**
 * Tags of google.firestore.v1: of RunQueryRequest, StructuredQuery, CollectionSelector, Order, FieldReference, Cursor
 * and Value, and of google.protobuf.Int32Value.
 */
const tag = {
  parent: 0x0a,
  structuredQuery: 0x12,
  readTime: 0x3a,
  from: 0x12,
  collectionId: 0x12,
  orderBy: 0x22,
  field: 0x0a,
  fieldPath: 0x12,
  direction: 0x10,
  limit: 0x2a,
  int32: 0x08,
  startAt: 0x3a,
  endAt: 0x42,
  values: 0x0a,
  isBefore: 0x10,
  reference: 0x2a,
} as const;
const ascending = 1;

const writer = new ReverseWriter();

/**
 * The bytes of a google.firestore.v1.RunQueryRequest for a page of documents, by id.
 *
 * @param database `projects/{project}/databases/{database}`.
 */
export function encodeRangeQuery(database: string, page: RangePage): Buffer {
  const collection = `${database}/documents/${page.within}`;
  const slash = collection.lastIndexOf('/');
  if (page.readTime !== undefined) {
    const before = writer.size;
    writeTimestamp(writer, page.readTime);
    writer.close(before, tag.readTime);
  }
  const end = writer.size;
  if (page.before !== undefined) writeCursor(`${collection}/${page.before}`, true, tag.endAt);
  if (page.after !== undefined) writeCursor(`${collection}/${page.after}`, false, tag.startAt);
  else if (page.from !== undefined) writeCursor(`${collection}/${page.from}`, true, tag.startAt);
  writeWithin(tag.limit, () => {
    writer.varint(page.limit);
    writer.varint(tag.int32);
  });
  writeWithin(tag.orderBy, () => {
    writer.varint(ascending);
    writer.varint(tag.direction);
    writeWithin(tag.field, () => writeText('__name__', tag.fieldPath));
  });
  writeWithin(tag.from, () => writeText(collection.slice(slash + 1), tag.collectionId));
  writer.close(end, tag.structuredQuery);
  writeText(collection.slice(0, slash), tag.parent);
  return writer.take();
}

/** @param isBefore whether the cursor stands before the document that it names, or behind it. */
function writeCursor(document: string, isBefore: boolean, as: number): void {
  writeWithin(as, () => {
    writer.varint(isBefore ? 1 : 0);
    writer.varint(tag.isBefore);
    writeWithin(tag.values, () => writeText(document, tag.reference));
  });
}

function writeWithin(as: number, content: () => void): void {
  const end = writer.size;
  content();
  writer.close(end, as);
}

function writeText(text: string, as: number): void {
  writer.text(text);
  writer.varint(as);
}
