import { MAX_DOCUMENT_BYTES } from '../limits.ts';
import { invalidArgument } from '../status.ts';
import type { Fields, Value } from '../protos.ts';

/** No value weighs more than twice its encoded length: below this length the formula need not be computed. */
const SURELY_SMALL_BYTES = MAX_DOCUMENT_BYTES / 2 - 16 * 1024;

/** Throws INVALID_ARGUMENT when the document is larger than 1 MiB by the formula of production. */
export function checkDocumentSize(name: string, fields: Fields, encodedBytes: number): void {
  if (encodedBytes < SURELY_SMALL_BYTES) return;
  const size = documentSize(name, fields);
  if (size > MAX_DOCUMENT_BYTES) {
    throw invalidArgument(
      `Document '${name}' cannot be written because its size (${grouped(size)} bytes) exceeds the maximum allowed size of ${grouped(MAX_DOCUMENT_BYTES)} bytes.`,
    );
  }
}

/** Source: https://firebase.google.com/docs/firestore/storage-size */
export function documentSize(name: string, fields: Fields): number {
  return nameSize(name) + fieldsSize(fields) + 32;
}

/** 16 bytes and the ids of the path below the root of the database. */
function nameSize(name: string): number {
  return name
    .split('/')
    .slice(5)
    .reduce((size, id) => size + stringSize(id), 16);
}

const stringSize = (text: string): number => Buffer.byteLength(text) + 1;

function fieldsSize(fields: Fields): number {
  return Object.keys(fields).reduce((size, key) => size + stringSize(key) + valueSize(fields[key] ?? {}), 0);
}

function valueSize(value: Value): number {
  if (value.stringValue != null) return stringSize(value.stringValue);
  if (value.integerValue != null || value.doubleValue != null || value.timestampValue != null) return 8;
  if (value.mapValue != null) return fieldsSize(value.mapValue.fields ?? {});
  if (value.arrayValue != null) {
    return (value.arrayValue.values ?? []).reduce((size, element) => size + valueSize(element), 0);
  }
  if (value.bytesValue != null) return value.bytesValue.length;
  if (value.referenceValue != null) return nameSize(value.referenceValue);
  if (value.geoPointValue != null) return 16;
  return 1;
}

const grouped = (bytes: number): string => bytes.toLocaleString('en-US');
