import { Timestamp } from '@google-cloud/firestore';
import { inEntry, tag } from '../value-tags.ts';
import type { ProtobufReader } from './protobuf-reader.ts';

/** An assignment to it would change what the object is, not what it holds. */
const prototypeName = '__proto__';
const ownField = { configurable: true, enumerable: true, writable: true };
const names = new Map<number, { readonly bytes: Buffer; readonly text: string }>();
const mostNames = 4_096;

/** Adds the field of a map or document whose bytes come next, as Google's client would have it. */
export function readField(reader: ProtobufReader, fields: Record<string, unknown>): void {
  const end = reader.end();
  let name = '';
  let value: unknown;
  while (reader.at < end) {
    const found = reader.varint();
    if (found === inEntry.key) name = readName(reader);
    else if (found === inEntry.value) value = readValue(reader);
    else reader.skip(found);
  }
  if (name === prototypeName) Object.defineProperty(fields, name, { ...ownField, value });
  else fields[name] = value;
}

/** A google.protobuf.Timestamp whose length comes next. */
export function readTimestamp(reader: ProtobufReader): Timestamp {
  const end = reader.end();
  let seconds = 0;
  let nanoseconds = 0;
  while (reader.at < end) {
    const found = reader.varint();
    if (found === 0x08) seconds = reader.int64();
    else if (found === 0x10) nanoseconds = reader.varint();
    else reader.skip(found);
  }
  return new Timestamp(seconds, nanoseconds);
}

/** @throws Error for references and places, which nothing here stores. */
function readValue(reader: ProtobufReader): unknown {
  const end = reader.end();
  if (reader.at === end) return null;
  const found = reader.varint();
  switch (found) {
    case tag.text:
      return reader.text();
    case tag.integer:
      return reader.int64();
    case tag.map:
      return readMap(reader);
    case tag.array:
      return readArray(reader);
    case tag.boolean:
      return reader.varint() !== 0;
    case tag.double:
      return reader.double();
    case tag.timestamp:
      return readTimestamp(reader);
    case tag.null:
      reader.varint();
      return null;
    case tag.bytes:
      return Buffer.from(reader.raw());
    default:
      throw new Error(`a document holds a value of unknown kind ${found}`);
  }
}

function readMap(reader: ProtobufReader): Record<string, unknown> {
  const end = reader.end();
  const fields: Record<string, unknown> = {};
  while (reader.at < end) {
    const found = reader.varint();
    if (found === tag.mapField) readField(reader, fields);
    else reader.skip(found);
  }
  return fields;
}

function readArray(reader: ProtobufReader): unknown[] {
  const end = reader.end();
  const values: unknown[] = [];
  while (reader.at < end) {
    const found = reader.varint();
    if (found === tag.arrayValue) values.push(readValue(reader));
    else reader.skip(found);
  }
  return values;
}

/**
 * The name of a field, whose length comes next. Documents have few of them, and to make the text of each again costs
 * more than to know it.
 */
export function readName(reader: ProtobufReader): string {
  const { bytes } = reader;
  const start = reader.at + 1;
  const length = bytes[reader.at] ?? 0;
  if (length === 0 || length >= 0x40) return reader.text();
  const hash =
    (length << 16) ^
    ((bytes[start] ?? 0) << 8) ^
    (bytes[start + length - 1] ?? 0) ^
    ((bytes[start + (length >> 1)] ?? 0) << 22);
  const known = names.get(hash);
  if (known !== undefined && isAt(known.bytes, bytes, start, length)) {
    reader.at = start + length;
    return known.text;
  }
  const text = reader.text();
  if (names.size >= mostNames) names.clear();
  names.set(hash, { bytes: Buffer.from(bytes.subarray(start, start + length)), text });
  return text;
}

/** Names are too short for a call into the engine. */
function isAt(known: Buffer, bytes: Buffer, start: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let i = 0; i < length; i += 1) if (known[i] !== bytes[start + i]) return false;
  return true;
}
