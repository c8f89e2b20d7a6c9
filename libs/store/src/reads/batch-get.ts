import type { Timestamp } from '@google-cloud/firestore';
import { ReverseWriter } from '../commits/reverse-writer.ts';
import { writeTimestamp } from '../commits/write-value.ts';

/** Documents that are read in one request. */
export interface DocumentList {
  readonly paths: readonly string[];
  /** As of this moment; as of now without it. */
  readonly readTime?: Timestamp;
}

/** Tags of google.firestore.v1.BatchGetDocumentsRequest. */
const tag = { database: 0x0a, documents: 0x12, readTime: 0x3a } as const;

const writer = new ReverseWriter();

/**
 * The bytes of a google.firestore.v1.BatchGetDocumentsRequest.
 *
 * @param database `projects/{project}/databases/{database}`.
 */
export function encodeBatchGet(database: string, { paths, readTime }: DocumentList): Buffer {
  if (readTime !== undefined) {
    const end = writer.size;
    writeTimestamp(writer, readTime);
    writer.close(end, tag.readTime);
  }
  for (const path of paths.toReversed()) {
    writer.text(`${database}/documents/${path}`);
    writer.varint(tag.documents);
  }
  writer.text(database);
  writer.varint(tag.database);
  return writer.take();
}
