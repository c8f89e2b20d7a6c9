import { compareNames } from '../resource-name.ts';
import type { Fields, Value } from '../protos.ts';
import { compareDoubles, compareIntegers, compareIntegerWithDouble, toNumber } from './numbers.ts';
import { compareUtf8 } from './strings.ts';

/** The place of each type in Firestore's order across types. */
export const Rank = {
  null: 0,
  boolean: 1,
  number: 2,
  timestamp: 3,
  string: 4,
  bytes: 5,
  reference: 6,
  geoPoint: 7,
  array: 8,
  vector: 9,
  map: 10,
} as const;
export type Rank = (typeof Rank)[keyof typeof Rank];

/** Values of one rank are comparable by a range filter; ranks order values of different types. */
export function rankOf(value: Value): Rank {
  if (value.stringValue != null) return Rank.string;
  if (value.integerValue != null || value.doubleValue != null) return Rank.number;
  if (value.booleanValue != null) return Rank.boolean;
  if (value.mapValue != null) return isVector(value) ? Rank.vector : Rank.map;
  if (value.timestampValue != null) return Rank.timestamp;
  if (value.arrayValue != null) return Rank.array;
  if (value.bytesValue != null) return Rank.bytes;
  if (value.referenceValue != null) return Rank.reference;
  if (value.geoPointValue != null) return Rank.geoPoint;
  return Rank.null;
}

/** Firestore's total order over all values. 1 and 1.0 are equal. */
export function compareValues(a: Value, b: Value): number {
  if (a === b) return 0;
  const rank = rankOf(a);
  const other = rankOf(b);
  if (rank !== other) return rank < other ? -1 : 1;
  switch (rank) {
    case Rank.null:
      return 0;
    case Rank.boolean:
      return Number(a.booleanValue) - Number(b.booleanValue);
    case Rank.number:
      return compareNumbers(a, b);
    case Rank.timestamp:
      return (
        toNumber(a.timestampValue?.seconds ?? 0) - toNumber(b.timestampValue?.seconds ?? 0) ||
        (a.timestampValue?.nanos ?? 0) - (b.timestampValue?.nanos ?? 0)
      );
    case Rank.string:
      return compareUtf8(a.stringValue ?? '', b.stringValue ?? '');
    case Rank.bytes:
      return Buffer.compare(bytesOf(a), bytesOf(b));
    case Rank.reference:
      return compareNames(a.referenceValue ?? '', b.referenceValue ?? '');
    case Rank.geoPoint:
      return (
        compareDoubles(a.geoPointValue?.latitude ?? 0, b.geoPointValue?.latitude ?? 0) ||
        compareDoubles(a.geoPointValue?.longitude ?? 0, b.geoPointValue?.longitude ?? 0)
      );
    case Rank.array:
      return compareArrays(a.arrayValue?.values ?? [], b.arrayValue?.values ?? []);
    case Rank.vector:
      return compareVectors(a, b);
    case Rank.map:
      return compareMaps(a.mapValue?.fields ?? {}, b.mapValue?.fields ?? {});
  }
}

export const equalValues = (a: Value, b: Value): boolean => compareValues(a, b) === 0;

export function isNaNValue(value: Value): boolean {
  return value.doubleValue != null && Number.isNaN(value.doubleValue);
}

/** Whether two sets of fields hold the same values of the same types: 1 and 1.0 differ here. */
export function identicalFields(a: Fields, b: Fields): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => {
    const left = a[key];
    const right = Object.hasOwn(b, key) ? b[key] : undefined;
    return left !== undefined && right !== undefined && identicalValues(left, right);
  });
}

function identicalValues(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (rankOf(a) !== rankOf(b)) return false;
  if (a.mapValue != null) return identicalFields(a.mapValue.fields ?? {}, b.mapValue?.fields ?? {});
  if (a.arrayValue != null) {
    const left = a.arrayValue.values ?? [];
    const right = b.arrayValue?.values ?? [];
    return left.length === right.length && left.every((value, i) => identicalValues(value, right[i] ?? {}));
  }
  if (a.doubleValue != null) return b.doubleValue != null && Object.is(a.doubleValue, b.doubleValue);
  if (a.integerValue != null) return b.integerValue != null && compareValues(a, b) === 0;
  return compareValues(a, b) === 0;
}

function compareNumbers(a: Value, b: Value): number {
  if (a.integerValue != null) {
    if (b.integerValue != null) return compareIntegers(a.integerValue, b.integerValue);
    return compareIntegerWithDouble(a.integerValue, b.doubleValue ?? 0);
  }
  if (b.integerValue != null) return 0 - compareIntegerWithDouble(b.integerValue, a.doubleValue ?? 0);
  return compareDoubles(a.doubleValue ?? 0, b.doubleValue ?? 0);
}

function compareArrays(a: readonly Value[], b: readonly Value[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const order = compareValues(a[i] ?? {}, b[i] ?? {});
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareVectors(a: Value, b: Value): number {
  const left = elementsOfVector(a);
  const right = elementsOfVector(b);
  return left.length - right.length || compareArrays(left, right);
}

function compareMaps(a: Fields, b: Fields): number {
  const left = Object.keys(a).toSorted(compareUtf8);
  const right = Object.keys(b).toSorted(compareUtf8);
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i += 1) {
    const [x = '', y = ''] = [left[i], right[i]];
    const order = compareUtf8(x, y) || compareValues(a[x] ?? {}, b[y] ?? {});
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

export function isVector(value: Value): boolean {
  const fields = value.mapValue?.fields;
  return (
    fields != null && Object.hasOwn(fields, '__type__') && fields['__type__']?.stringValue === '__vector__'
  );
}

export function elementsOfVector(value: Value): readonly Value[] {
  return value.mapValue?.fields?.['value']?.arrayValue?.values ?? [];
}

function bytesOf(value: Value): Uint8Array {
  const bytes = value.bytesValue ?? '';
  return typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : bytes;
}
