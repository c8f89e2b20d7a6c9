import type { Timestamp } from '@google-cloud/firestore';
import { ProtobufReader } from './protobuf-reader.ts';
import { readField, readTimestamp } from './read-value.ts';

/** A document as it is stored. */
export interface ReadDocument {
  /** Slashes between, without the database. */
  readonly path: string;
  readonly id: string;
  readonly createTime: Timestamp;
  readonly updateTime: Timestamp;
  data(): Record<string, unknown>;
}

/** What one message of an answer says: a document, or when it was read, or both. */
export interface ReadAnswer {
  readonly document?: ReadDocument;
  readonly readTime?: Timestamp;
}

/** Tags of google.firestore.v1: of RunQueryResponse, BatchGetDocumentsResponse and Document. */
const tag = {
  document: 0x0a,
  queryTime: 0x1a,
  batchTime: 0x22,
  name: 0x0a,
  fields: 0x12,
  createTime: 0x1a,
  updateTime: 0x22,
} as const;

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
    if (found === tag.document) answer.document = readDocumentBytes(reader);
    else if (found === timeTag) answer.readTime = readTimestamp(reader);
    else reader.skip(found);
  }
  return answer;
}

function readDocumentBytes(reader: ProtobufReader): ReadDocument {
  const end = reader.end();
  const fields: Record<string, unknown> = {};
  let name = '';
  let createTime: Timestamp | undefined;
  let updateTime: Timestamp | undefined;
  while (reader.at < end) {
    const found = reader.varint();
    if (found === tag.fields) readField(reader, fields);
    else if (found === tag.name) name = reader.text();
    else if (found === tag.createTime) createTime = readTimestamp(reader);
    else if (found === tag.updateTime) updateTime = readTimestamp(reader);
    else reader.skip(found);
  }
  if (createTime === undefined || updateTime === undefined)
    throw new Error(`${name} came without the times of its writing`);
  const path = name.slice(name.indexOf('/documents/') + '/documents/'.length);
  const id = path.slice(path.lastIndexOf('/') + 1);
  return { path, id, createTime, updateTime, data: () => fields };
}
