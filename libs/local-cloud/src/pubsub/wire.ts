import protos from '@google-cloud/pubsub/build/protos/protos.js';

/** Google's own messages of Pub/Sub. */
export const { v1 } = protos.google.pubsub;

type Int64 = protos.google.protobuf.ITimestamp['seconds'];

/** A message as it is delivered: the encoded PubsubMessage with its id and publish time. */
export interface Delivered {
  readonly ackId: string;
  readonly wire: Uint8Array;
  /** 0 without a dead-letter policy. */
  readonly attempt: number;
}

/**
 * The encoded `repeated ReceivedMessage received_messages = 1`: a whole PullResponse or StreamingPullResponse.
 *
 * Messages are kept encoded and copied once, which is several times cheaper than encoding each for every delivery.
 */
export function encodeReceived(
  messages: readonly Delivered[],
  allocate = (size: number): Buffer => Buffer.allocUnsafe(size),
): Buffer {
  const bytes = allocate(encodedSize(messages));
  let at = 0;
  for (const message of messages) {
    at = writeVarint(bytes, at, 0x0a);
    at = writeVarint(bytes, at, receivedSize(message));
    at = writeVarint(bytes, at, 0x0a);
    at = writeVarint(bytes, at, message.ackId.length);
    at += bytes.write(message.ackId, at, 'latin1');
    at = writeVarint(bytes, at, 0x12);
    at = writeVarint(bytes, at, message.wire.length);
    bytes.set(message.wire, at);
    at += message.wire.length;
    if (message.attempt === 0) continue;
    at = writeVarint(bytes, at, 0x18);
    at = writeVarint(bytes, at, message.attempt);
  }
  return bytes;
}

/** The length of `encodeReceived`. */
export function encodedSize(messages: readonly Delivered[]): number {
  let size = 0;
  for (const message of messages) size += fieldSize(receivedSize(message));
  return size;
}

/** A view, not a copy. */
export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function toNumber(value: Int64): number {
  return typeof value === 'object' && value !== null ? value.toNumber() : Number(value ?? 0);
}

/** Microseconds of a Timestamp or a Duration; 0 when absent. */
export function toMicros(time: protos.google.protobuf.ITimestamp | null | undefined): number {
  return toNumber(time?.seconds) * 1e6 + Math.floor((time?.nanos ?? 0) / 1000);
}

export function toTimestamp(micros: number): { seconds: number; nanos: number } {
  return { seconds: Math.floor(micros / 1e6), nanos: (micros % 1e6) * 1000 };
}

function receivedSize({ ackId, wire, attempt }: Delivered): number {
  return fieldSize(ackId.length) + fieldSize(wire.length) + (attempt === 0 ? 0 : 1 + varintSize(attempt));
}

function fieldSize(length: number): number {
  return 1 + varintSize(length) + length;
}

function varintSize(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}

function writeVarint(bytes: Buffer, from: number, value: number): number {
  let at = from;
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at++] = rest;
  return at;
}
