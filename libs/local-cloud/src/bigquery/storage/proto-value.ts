import type { ColumnType } from '../catalogue/column.ts';
import type { Scalar } from '../values/cell.ts';
import { parsePoint } from '../values/geography.ts';
import { isJson } from '../values/json-row.ts';
import { parseBigNumeric, parseNumeric } from '../values/numeric.ts';
import { isTimestamp, maxDate, minDate, parseDate, parseDatetime, parseTime } from '../values/time.ts';
import type { WireReader } from '../../core/wire-reader.ts';

export interface ValueReader {
  readonly read: (reader: WireReader) => Scalar;
  readonly wireType: number;
}

/** FieldDescriptorProto.Type by name. */
export const protoTypes = {
  double: 1,
  float: 2,
  int64: 3,
  int32: 5,
  bool: 8,
  string: 9,
  bytes: 12,
  uint32: 13,
  sint32: 17,
  sint64: 18,
} as const;

/**
 * How a proto field of that type is read into a column, or undefined where the Storage Write API does not take
 * it. Source: BigQuery's table of supported protocol buffer types; enums, wrappers, NUMERIC and BIGNUMERIC as bytes are not served.
 */
export function readValue(protoType: number, columnType: ColumnType): ValueReader | undefined {
  const integer = integers[protoType];
  switch (columnType) {
    case 'INT64':
      return integer;
    case 'BOOL':
      if (protoType === protoTypes.bool) return { wireType: 0, read: (reader) => reader.int64() !== 0n };
      return integer && { wireType: 0, read: (reader) => integer.read(reader) !== 0n };
    case 'TIMESTAMP':
      return integer && { wireType: 0, read: (reader) => inRange(integer.read(reader)) };
    case 'DATE':
      if (protoType === protoTypes.string) return parsed((text) => parseDate(text), 'DATE');
      return integer && { wireType: 0, read: (reader) => asDate(integer.read(reader)) };
    case 'NUMERIC':
      if (protoType === protoTypes.string) return parsed(parseNumeric, 'NUMERIC');
      return integer && { wireType: 0, read: (reader) => integer.read(reader) * 1_000_000_000n };
    case 'BIGNUMERIC':
      if (protoType === protoTypes.string) return parsed(parseBigNumeric, 'BIGNUMERIC');
      return integer && { wireType: 0, read: (reader) => integer.read(reader) * 10n ** 38n };
    case 'FLOAT64':
      if (protoType === protoTypes.double) return { wireType: 1, read: (reader) => finite(reader.double()) };
      return protoType === protoTypes.float
        ? { wireType: 5, read: (reader) => finite(reader.float()) }
        : undefined;
    case 'STRING':
      return protoType === protoTypes.string ? { wireType: 2, read: (reader) => reader.text() } : undefined;
    case 'JSON':
      return protoType === protoTypes.string
        ? parsed((text) => (isJson(text) ? text : undefined), 'JSON')
        : undefined;
    case 'DATETIME':
      return protoType === protoTypes.string ? parsed(parseDatetime, 'DATETIME') : undefined;
    case 'TIME':
      return protoType === protoTypes.string ? parsed(parseTime, 'TIME') : undefined;
    case 'GEOGRAPHY':
      return protoType === protoTypes.string ? parsed(parsePoint, 'GEOGRAPHY') : undefined;
    case 'STRUCT':
    case 'RANGE':
      return undefined;
    case 'BYTES':
      if (protoType === protoTypes.string)
        return { wireType: 2, read: (reader) => Buffer.from(reader.text()) };
      return protoType === protoTypes.bytes ? { wireType: 2, read: (reader) => reader.slice() } : undefined;
  }
}

interface IntegerReader {
  readonly read: (reader: WireReader) => bigint;
  readonly wireType: 0;
}

const zigzag = (value: bigint): bigint => {
  const bits = BigInt.asUintN(64, value);
  return (bits >> 1n) ^ -(bits & 1n);
};

const integers: Readonly<Record<number, IntegerReader | undefined>> = {
  [protoTypes.int64]: { wireType: 0, read: (reader) => reader.int64() },
  [protoTypes.int32]: { wireType: 0, read: (reader) => BigInt.asIntN(32, reader.int64()) },
  [protoTypes.uint32]: { wireType: 0, read: (reader) => BigInt.asUintN(32, reader.int64()) },
  [protoTypes.sint32]: { wireType: 0, read: (reader) => zigzag(reader.int64()) },
  [protoTypes.sint64]: { wireType: 0, read: (reader) => zigzag(reader.int64()) },
};

const parsed = (parse: (text: string) => Scalar | undefined, type: ColumnType): ValueReader => ({
  wireType: 2,
  read: (reader) => {
    const text = reader.text();
    const value = parse(text);
    if (value === undefined) throw new RangeError(`Bad ${type} value: ${text}`);
    return value;
  },
});

function inRange(micros: bigint): bigint {
  if (!isTimestamp(micros)) throw new RangeError(`Timestamp out of range: ${micros}`);
  return micros;
}

function asDate(days: bigint): number {
  const date = Number(days);
  if (date < minDate || date > maxDate) throw new RangeError(`Date out of range: ${days}`);
  return date;
}

function finite(value: number): number {
  if (!Number.isFinite(value))
    throw new RangeError('NaN and infinities are not supported by the local BigQuery');
  return value;
}
