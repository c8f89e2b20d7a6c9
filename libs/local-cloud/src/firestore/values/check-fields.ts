import { MAX_FIELD_VALUE_BYTES, MAX_ID_BYTES, MAX_VALUE_DEPTH } from '../limits.ts';
import { checkDocumentName } from '../resource-name.ts';
import { invalidArgument } from '../status.ts';
import type { Fields, Value } from '../protos.ts';

const RESERVED = /^__.*__$/s;

/**
 * Throws INVALID_ARGUMENT for fields that production does not store: reserved or empty names, arrays directly in
 * arrays, maps deeper than twenty levels. Drops what timestamps have below a microsecond.
 */
export function checkFields(fields: Fields): void {
  for (const key of Object.keys(fields)) {
    checkKey(key);
    checkValue(fields[key] ?? {}, key, 1, false);
  }
}

/** The same for one value that a transform puts at `field`. */
export function checkValue(value: Value, field: string, depth: number, inArray: boolean): void {
  if ((value.stringValue ?? value.bytesValue ?? '').length * 3 > MAX_FIELD_VALUE_BYTES) {
    checkLength(value, field);
  } else if (value.timestampValue != null) {
    const { nanos } = value.timestampValue;
    if (nanos != null) value.timestampValue.nanos = nanos - (nanos % 1000);
  } else if (value.mapValue != null) {
    if (depth > MAX_VALUE_DEPTH) throw invalidNesting(field);
    const fields = value.mapValue.fields ?? {};
    const isVector = Object.hasOwn(fields, '__type__');
    for (const key of Object.keys(fields)) {
      if (!isVector) checkKey(key);
      checkValue(fields[key] ?? {}, field, depth + 1, false);
    }
  } else if (value.arrayValue != null) {
    if (inArray) throw invalidArgument('Cannot convert an array value in an array value.');
    if (depth > MAX_VALUE_DEPTH) throw invalidNesting(field);
    for (const element of value.arrayValue.values ?? []) checkValue(element, field, depth + 1, true);
  } else if (value.referenceValue != null) {
    checkDocumentName(value.referenceValue);
  } else if (
    value.fieldReferenceValue != null ||
    value.variableReferenceValue != null ||
    value.functionValue != null ||
    value.pipelineValue != null
  ) {
    throw invalidArgument(`Property ${field} holds a value that cannot be stored.`);
  }
}

function checkLength({ stringValue, bytesValue }: Value, field: string): void {
  const length = stringValue == null ? (bytesValue?.length ?? 0) : Buffer.byteLength(stringValue);
  if (length > MAX_FIELD_VALUE_BYTES) {
    throw invalidArgument(`The value of property "${field}" is longer than ${MAX_FIELD_VALUE_BYTES} bytes.`);
  }
}

function checkKey(key: string): void {
  if (key === '') throw invalidArgument('Property name is empty.');
  if (key.startsWith('__') && RESERVED.test(key)) {
    throw invalidArgument(`Property name "${key}" is invalid because it is reserved.`);
  }
  if (key.length * 3 > MAX_ID_BYTES && Buffer.byteLength(key) > MAX_ID_BYTES) {
    throw invalidArgument(`Property name "${key.slice(0, 100)}…" is longer than ${MAX_ID_BYTES} bytes.`);
  }
}

const invalidNesting = (field: string): Error =>
  invalidArgument(`Property ${field} contains an invalid nested entity.`);
