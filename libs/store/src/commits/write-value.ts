import { Timestamp } from '@google-cloud/firestore';
import { UnstorableValueError } from '../errors.ts';
import { isPlainObject } from '../plain-object.ts';
import { inEntry, tag } from '../value-tags.ts';
import type { ReverseWriter } from './reverse-writer.ts';

/**
 * The entries of a map of values, each under `entryTag`: the fields of a document or of a map in it.
 *
 * @throws UnstorableValueError that names the field, for what Google's client would refuse, too: `undefined`, functions, classes.
 */
export function writeFields(writer: ReverseWriter, fields: object, entryTag: number, within = ''): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object is a record of its own keys
  const record = fields as Readonly<Record<string, unknown>>;
  const names = Object.keys(fields);
  for (let i = names.length - 1; i >= 0; i -= 1) {
    const name = names[i] ?? '';
    const end = writer.size;
    writeValue(writer, record[name], within, name);
    writer.close(end, inEntry.value);
    writer.text(name);
    writer.varint(inEntry.key);
    writer.close(end, entryTag);
  }
}

export function writeTimestamp(writer: ReverseWriter, { seconds, nanoseconds }: Timestamp): void {
  if (nanoseconds !== 0) {
    writer.varint(nanoseconds);
    writer.varint(0x10);
  }
  if (seconds === 0) return;
  writer.int64(seconds);
  writer.varint(0x08);
}

function writeValue(writer: ReverseWriter, content: unknown, within: string, name: string): void {
  switch (typeof content) {
    case 'string':
      writer.text(content);
      writer.varint(tag.text);
      return;
    case 'number':
      writeNumber(writer, content);
      return;
    case 'boolean':
      writer.varint(content ? 1 : 0);
      writer.varint(tag.boolean);
      return;
    case 'object':
      if (content === null) {
        writer.varint(0);
        writer.varint(tag.null);
      } else writeObject(writer, content, `${within}${name}`);
      return;
    case 'undefined':
    case 'bigint':
    case 'symbol':
    case 'function':
      throw refused(`${within}${name}`, `is ${typeof content}`);
  }
}

function writeNumber(writer: ReverseWriter, content: number): void {
  if (Number.isSafeInteger(content) && !Object.is(content, -0)) {
    writer.int64(content);
    writer.varint(tag.integer);
    return;
  }
  writer.double(content);
  writer.varint(tag.double);
}

function writeObject(writer: ReverseWriter, content: object, path: string): void {
  const end = writer.size;
  if (Array.isArray(content)) {
    for (let i = content.length - 1; i >= 0; i -= 1) {
      const before = writer.size;
      if (Array.isArray(content[i])) throw refused(path, 'holds an array in an array');
      writeValue(writer, content[i], path, `[${i}]`);
      writer.close(before, tag.arrayValue);
    }
    writer.close(end, tag.array);
    return;
  }
  if (isPlainObject(content)) {
    writeFields(writer, content, tag.mapField, `${path}.`);
    writer.close(end, tag.map);
    return;
  }
  if (content instanceof Timestamp) {
    writeTimestamp(writer, content);
    writer.close(end, tag.timestamp);
    return;
  }
  if (content instanceof Uint8Array) {
    writer.raw(content);
    writer.close(end, tag.bytes);
    return;
  }
  throw refused(path, `is a ${content.constructor.name}`);
}

function refused(path: string, reason: string): UnstorableValueError {
  return new UnstorableValueError(`cannot store ${path}: it ${reason}`);
}
