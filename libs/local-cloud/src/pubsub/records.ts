import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { RecordBytes } from '../log/frames.ts';
import type { Message } from './message.ts';
import { v1 } from './wire.ts';

/** One fact in the service's log. */
export type LogRecord =
  | { readonly type: 'topic'; readonly config: google.pubsub.v1.ITopic }
  | { readonly type: 'topicDeleted'; readonly name: string }
  | { readonly type: 'subscription'; readonly config: google.pubsub.v1.ISubscription }
  | { readonly type: 'subscriptionDeleted'; readonly name: string }
  /** `name` is the topic's. */
  | { readonly type: 'published'; readonly name: string; readonly wires: readonly Uint8Array[] }
  /** `name` is the subscription's. */
  | { readonly type: 'settled'; readonly name: string; readonly seqs: readonly number[] }
  | { readonly type: 'sought'; readonly name: string; readonly micros: number }
  /** Only in snapshots: messages that subscriptions hold, then what each holds, then the next sequence number. */
  | { readonly type: 'messages'; readonly wires: readonly Uint8Array[] }
  | { readonly type: 'holds'; readonly name: string; readonly seqs: readonly number[] }
  | { readonly type: 'nextSeq'; readonly seq: number }
  /** The subscription's backlog is these messages and nothing else. */
  | { readonly type: 'replaced'; readonly name: string; readonly seqs: readonly number[] }
  /** First of `seqs`: of the first message after the snapshot; then its unacknowledged messages. */
  | {
      readonly type: 'snapshot';
      readonly config: google.pubsub.v1.ISnapshot;
      readonly seqs: readonly number[];
    }
  | { readonly type: 'snapshotDeleted'; readonly name: string }
  /** One revision. */
  | { readonly type: 'schema'; readonly config: google.pubsub.v1.ISchema }
  | { readonly type: 'schemaDeleted'; readonly name: string }
  /** `name` ends in `@` and the revision's id. */
  | { readonly type: 'schemaRevisionDeleted'; readonly name: string }
  /** `name` is the resource's, `policy` its encoded Policy. */
  | { readonly type: 'policy'; readonly name: string; readonly policy: Uint8Array }
  /** Only in snapshots of the log: what a topic keeps for seeks. */
  | { readonly type: 'history'; readonly name: string; readonly seqs: readonly number[] }
  /** Only in snapshots of the log: the number of a subscription's first message. */
  | { readonly type: 'since'; readonly name: string; readonly seqs: readonly number[] };

/** The types' numbers on disk: their order must not change. */
const types = [
  'topic',
  'topicDeleted',
  'subscription',
  'subscriptionDeleted',
  'published',
  'settled',
  'sought',
  'messages',
  'holds',
  'nextSeq',
  'replaced',
  'snapshot',
  'snapshotDeleted',
  'history',
  'since',
  'schema',
  'schemaDeleted',
  'schemaRevisionDeleted',
  'policy',
] as const satisfies LogRecord['type'][];

/** `[type u8]` and the record's parts, each as `[length u32][bytes]`. */
export function encodeRecord(record: LogRecord): Uint8Array {
  const parts = partsOf(record);
  const bytes = Buffer.allocUnsafe(parts.reduce((size, part) => size + 4 + part.length, 1));
  bytes[0] = types.indexOf(record.type);
  let at = 1;
  for (const part of parts) {
    bytes.writeUInt32LE(part.length, at);
    bytes.set(part, at + 4);
    at += 4 + part.length;
  }
  return bytes;
}

/** Throws when the bytes are no record: the log's checksum fitted, so another program wrote them. */
export function decodeRecord(bytes: Uint8Array): LogRecord {
  const type = types[bytes[0] ?? -1];
  if (type === undefined) throw new Error('the log holds a record of an unknown type');
  const [first = new Uint8Array(), ...rest] = readParts(bytes);
  const name = Buffer.from(first).toString();
  switch (type) {
    case 'topic':
      return { type, config: v1.Topic.decode(first) };
    case 'subscription':
      return { type, config: v1.Subscription.decode(first) };
    case 'topicDeleted':
    case 'subscriptionDeleted':
    case 'snapshotDeleted':
    case 'schemaDeleted':
    case 'schemaRevisionDeleted':
      return { type, name };
    case 'schema':
      return { type, config: v1.Schema.decode(first) };
    case 'policy':
      return { type, name, policy: rest[0] ?? new Uint8Array() };
    case 'snapshot':
      return { type, config: v1.Snapshot.decode(first), seqs: readNumbers(rest[0]) };
    case 'published':
      return { type, name, wires: rest };
    case 'messages':
      return { type, wires: rest };
    case 'settled':
    case 'holds':
    case 'replaced':
    case 'history':
    case 'since':
      return { type, name, seqs: readNumbers(rest[0]) };
    case 'sought':
      return { type, name, micros: readNumbers(rest[0])[0] ?? 0 };
    case 'nextSeq':
      return { type, seq: readNumbers(rest[0])[0] ?? 0 };
  }
}

/** From this size on a message is logged as the bytes that are kept of it, without a copy. */
const uncopiedBytes = 32 * 1024;

export function publishedRecord(topic: string, messages: readonly Message[]): RecordBytes {
  const wires = messages.map(({ wire }) => wire);
  const record = { type: 'published', name: topic, wires } as const;
  return wires.some(({ length }) => length >= uncopiedBytes) ? recordPieces(record) : encodeRecord(record);
}

/** `encodeRecord` without the copy. */
function recordPieces(record: LogRecord): Uint8Array[] {
  const pieces: Uint8Array[] = [Buffer.from([types.indexOf(record.type)])];
  for (const part of partsOf(record)) {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32LE(part.length);
    pieces.push(length, part);
  }
  return pieces;
}

/** The length of an encoded record of messages. */
export function messagesRecordSize(wires: readonly Uint8Array[]): number {
  return wires.reduce((size, { length }) => size + 4 + length, 1 + 4);
}

function partsOf(record: LogRecord): Uint8Array[] {
  switch (record.type) {
    case 'topic':
      return [v1.Topic.encode(record.config).finish()];
    case 'subscription':
      return [v1.Subscription.encode(record.config).finish()];
    case 'topicDeleted':
    case 'subscriptionDeleted':
    case 'snapshotDeleted':
    case 'schemaDeleted':
    case 'schemaRevisionDeleted':
      return [Buffer.from(record.name)];
    case 'published':
      return [Buffer.from(record.name), ...record.wires];
    case 'messages':
      return [new Uint8Array(), ...record.wires];
    case 'schema':
      return [v1.Schema.encode(record.config).finish()];
    case 'policy':
      return [Buffer.from(record.name), record.policy];
    case 'snapshot':
      return [v1.Snapshot.encode(record.config).finish(), numbers(record.seqs)];
    case 'settled':
    case 'holds':
    case 'replaced':
    case 'history':
    case 'since':
      return [Buffer.from(record.name), numbers(record.seqs)];
    case 'sought':
      return [Buffer.from(record.name), numbers([record.micros])];
    case 'nextSeq':
      return [new Uint8Array(), numbers([record.seq])];
  }
}

function readParts(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = 1; at < bytes.length;) {
    const start = at + 4;
    at = start + view.getUint32(at, true);
    parts.push(bytes.subarray(start, at));
  }
  return parts;
}

function numbers(values: readonly number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(values).buffer);
}

/** Copies, since a part may start at any byte. */
function readNumbers(part: Uint8Array | undefined): number[] {
  return part === undefined ? [] : [...new Float64Array(Uint8Array.from(part).buffer)];
}
