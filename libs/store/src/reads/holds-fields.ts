import { isPlainObject } from '../plain-object.ts';
import { inEntry, tag } from '../value-tags.ts';
import type { ProtobufReader } from './protobuf-reader.ts';
import { readName } from './read-value.ts';

/**
 * Whether a document or map, up to `end`, has these fields and no others, told from its bytes with nothing made of them.
 * `false` says nothing: text that is not ASCII, times and bytes are not looked at here, nor fields that come twice.
 *
 * @param fieldTag of a field, which other parts of a message may stand between.
 */
export function holdsFields(
  reader: ProtobufReader,
  fieldTag: number,
  end: number,
  expected: object,
): boolean {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object is a record of its own keys
  const fields = expected as Readonly<Record<string, unknown>>;
  let found = 0;
  while (reader.at < end) {
    const part = reader.varint();
    if (part !== fieldTag) {
      reader.skip(part);
      continue;
    }
    const fieldEnd = reader.end();
    if (reader.varint() !== inEntry.key) return false;
    const name = readName(reader);
    if (reader.at >= fieldEnd || reader.varint() !== inEntry.value) return false;
    if (!Object.hasOwn(fields, name) || !holdsValue(reader, fields[name])) return false;
    if (reader.at !== fieldEnd) return false;
    found += 1;
  }
  return found === Object.keys(fields).length;
}

function holdsValue(reader: ProtobufReader, expected: unknown): boolean {
  const end = reader.end();
  if (reader.at === end) return expected === null;
  switch (reader.varint()) {
    case tag.text:
      return typeof expected === 'string' && holdsText(reader, expected);
    case tag.integer:
      return typeof expected === 'number' && Object.is(reader.int64(), expected);
    case tag.double:
      return typeof expected === 'number' && Object.is(reader.double(), expected);
    case tag.boolean:
      return typeof expected === 'boolean' && (reader.varint() !== 0) === expected;
    case tag.null:
      return expected === null && reader.varint() === 0;
    case tag.map:
      return (
        typeof expected === 'object' &&
        expected !== null &&
        isPlainObject(expected) &&
        holdsFields(reader, tag.mapField, reader.end(), expected)
      );
    case tag.array:
      return Array.isArray(expected) && holdsItems(reader, expected);
    default:
      return false;
  }
}

function holdsItems(reader: ProtobufReader, expected: readonly unknown[]): boolean {
  const end = reader.end();
  let found = 0;
  while (reader.at < end) {
    if (reader.varint() !== tag.arrayValue || found === expected.length) return false;
    if (!holdsValue(reader, expected[found])) return false;
    found += 1;
  }
  return found === expected.length;
}

function holdsText(reader: ProtobufReader, expected: string): boolean {
  const end = reader.end();
  const { bytes, at } = reader;
  if (end - at !== expected.length) return false;
  for (let i = 0; i < expected.length; i += 1) {
    const code = expected.charCodeAt(i);
    if (code >= 0x80 || bytes[at + i] !== code) return false;
  }
  reader.at = end;
  return true;
}
