import type { Timestamp } from '@google-cloud/firestore';
import { BytesDocument } from './bytes-document.ts';
import { ProtobufReader } from './protobuf-reader.ts';
import type { ReadDocument } from './read-document.ts';
import { readTimestamp } from './read-value.ts';

/** What one message of an answer says: a document, or when it was read, or both. */
export interface ReadAnswer {
  readonly document?: ReadDocument;
  readonly readTime?: Timestamp;
}

/** Tags of google.firestore.v1: of RunQueryResponse and BatchGetDocumentsResponse. */
const tag = { document: 0x0a, queryTime: 0x1a, batchTime: 0x22 } as const;

/** @param message the bytes of a google.firestore.v1.RunQueryResponse. */
export function readQueryAnswer(message: Uint8Array): ReadAnswer {
  return readAnswer(message, tag.queryTime);
}

/** @param message the bytes of a google.firestore.v1.BatchGetDocumentsResponse. */
export function readBatchAnswer(message: Uint8Array): ReadAnswer {
  return readAnswer(message, tag.batchTime);
}

function readAnswer(message: Uint8Array, timeTag: number): ReadAnswer {
  const reader = new ProtobufReader(message);
  const answer: { document?: ReadDocument; readTime?: Timestamp } = {};
  while (reader.at < reader.bytes.length) {
    const found = reader.varint();
    if (found === tag.document) answer.document = new BytesDocument(reader);
    else if (found === timeTag) answer.readTime = readTimestamp(reader);
    else reader.skip(found);
  }
  return answer;
}
