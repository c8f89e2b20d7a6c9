import type { Column, ColumnType } from '../catalogue/column.ts';
import { isObject } from '../json.ts';
import type { Cell, Scalar, StructValue } from './cell.ts';
import { parsePoint } from './geography.ts';
import { parseBigNumeric, parseNumeric } from './numeric.ts';
import { readRange } from './range.ts';
import { isTimestamp, parseDate, parseDatetime, parseTime, parseTimestamp } from './time.ts';

export interface RowProblem {
  readonly message: string;
  /** The field at fault. */
  readonly location: string;
}

/** A row of `tabledata.insertAll`, or what is wrong with it. */
export type JsonRow =
  | { readonly isOk: true; readonly cells: readonly Cell[] }
  | { readonly isOk: false; readonly problems: readonly RowProblem[] };

/** Reads one row's JSON against the table's columns. Names match whatever their case. */
export function readJsonRow(
  columns: readonly Column[],
  json: Readonly<Record<string, unknown>>,
  ignoreUnknownValues: boolean,
): JsonRow {
  const problems: RowProblem[] = [];
  const byName = new Map(Object.entries(json).map(([name, value]) => [name.toLowerCase(), value]));
  const cells = columns.map((column) => {
    const key = column.name.toLowerCase();
    const cell = readField(column, byName.get(key));
    byName.delete(key);
    if (cell !== undefined) return cell;
    const value = json[column.name] ?? null;
    problems.push({ message: complaint(column, value), location: column.name });
    return null;
  });
  if (!ignoreUnknownValues) {
    for (const name of byName.keys()) problems.push({ message: `no such field: ${name}.`, location: name });
  }
  return problems.length > 0 ? { isOk: false, problems } : { isOk: true, cells };
}

const words: Readonly<Record<ColumnType, string>> = {
  STRING: 'string',
  BYTES: 'bytes',
  INT64: 'integer',
  FLOAT64: 'double',
  NUMERIC: 'numeric',
  BIGNUMERIC: 'bignumeric',
  BOOL: 'boolean',
  TIMESTAMP: 'timestamp',
  DATE: 'date',
  DATETIME: 'datetime',
  TIME: 'time',
  JSON: 'json',
  GEOGRAPHY: 'geography',
  STRUCT: 'record',
  RANGE: 'range',
};

function complaint({ name, type }: Column, value: unknown): string {
  if (value === null) return `Missing required field: ${name}.`;
  if (type === 'STRING' && typeof value === 'boolean') {
    return 'Conversion from bool to std::string is unsupported.';
  }
  return `Cannot convert value to ${words[type]} (bad value): ${show(value)}`;
}

const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function readField(column: Column, value: unknown): Cell | undefined {
  if (column.mode === 'REPEATED') {
    if (value == null) return [];
    if (!Array.isArray(value)) return undefined;
    const items = value.map((item) => readScalar(column.type, item, column.fields));
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  if (value == null) return column.mode === 'REQUIRED' ? undefined : null;
  return readScalar(column.type, value, column.fields);
}

/** Members that the struct lacks, and members at fault, make the whole value unfit. */
function readStruct(fields: readonly Column[], value: unknown): StructValue | undefined {
  if (!isObject(value)) return undefined;
  const row = readJsonRow(fields, value, false);
  return row.isOk ? { fields: row.cells } : undefined;
}

/** One JSON value, or the text of a query parameter, as the column type; undefined when it does not fit. */
export function readScalar(
  type: ColumnType,
  value: unknown,
  fields: readonly Column[] = [],
): Scalar | undefined {
  switch (type) {
    case 'STRING':
      return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
    case 'BYTES':
      return typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
    case 'INT64':
      return readInteger(value);
    case 'FLOAT64':
      return readDouble(value);
    case 'NUMERIC':
      return isPlain(value) ? parseNumeric(String(value)) : undefined;
    case 'BIGNUMERIC':
      return isPlain(value) ? parseBigNumeric(String(value)) : undefined;
    case 'BOOL':
      return readBoolean(value);
    case 'TIMESTAMP':
      return readTimestamp(value);
    case 'DATE':
      return typeof value === 'string' ? parseDate(value) : undefined;
    case 'DATETIME':
      return typeof value === 'string' ? parseDatetime(value) : undefined;
    case 'TIME':
      return typeof value === 'string' ? parseTime(value) : undefined;
    case 'JSON':
      return readJson(value);
    case 'GEOGRAPHY':
      return typeof value === 'string' ? parsePoint(value) : undefined;
    case 'STRUCT':
      return readStruct(fields, value);
    case 'RANGE':
      return readRange(value, (bound) => readScalar(fields[0]?.type ?? 'DATE', bound));
  }
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

function readInteger(value: unknown): bigint | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^[+-]?\d{1,20}(?:\.0*)?$/.test(text)) return undefined;
  const integer = BigInt(text.replace(/\..*$/, '').replace(/^\+/, ''));
  return BigInt.asIntN(64, integer) === integer ? integer : undefined;
}

/** NaN and the infinities, which BigQuery stores, are refused: nothing behind this point has to mean them. */
function readDouble(value: unknown): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function readBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : undefined;
  if (text === 'true') return true;
  return text === 'false' ? false : undefined;
}

/** Text, or seconds since the epoch with fraction. */
function readTimestamp(value: unknown): bigint | undefined {
  if (typeof value === 'string') {
    const seconds = /^-?\d+(?:\.\d+)?$/.test(value) ? parseNumeric(value) : undefined;
    return seconds === undefined ? parseTimestamp(value) : inRange(seconds / 1000n);
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return inRange(BigInt(Math.round(value * 1e6)));
}

const inRange = (micros: bigint): bigint | undefined => (isTimestamp(micros) ? micros : undefined);

/** A JSON column takes JSON text, or a value that is not text as itself. */
function readJson(value: unknown): string | undefined {
  if (typeof value !== 'string') return JSON.stringify(value);
  return isJson(value) ? value : undefined;
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
