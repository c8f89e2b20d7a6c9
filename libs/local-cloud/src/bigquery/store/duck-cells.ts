import {
  DuckDBBlobValue,
  DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  BIGINT,
  BIGNUM,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  LIST,
  STRUCT,
  TIME,
  TIMESTAMP,
  VARCHAR,
} from '@duckdb/node-api';
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';

import type { Column, ScalarColumnType } from '../catalogue/column.ts';
import { integerOf, isRepeated, isStruct, numberOf } from '../values/cell.ts';
import type { Cell, RowBatch, Scalar } from '../values/cell.ts';

/** What a data chunk of DuckDB holds at most. */
const chunkRows = 2048;
const numericType = DECIMAL(38, 9);

const scalarTypes: Readonly<Record<ScalarColumnType, DuckDBType>> = {
  STRING: VARCHAR,
  BYTES: BLOB,
  INT64: BIGINT,
  FLOAT64: DOUBLE,
  NUMERIC: numericType,
  BIGNUMERIC: BIGNUM,
  BOOL: BOOLEAN,
  TIMESTAMP,
  DATE,
  DATETIME: TIMESTAMP,
  TIME,
  JSON: VARCHAR,
  GEOGRAPHY: VARCHAR,
};

function duckTypeOf({ type, mode, fields = [] }: Column): DuckDBType {
  const scalarType =
    type === 'STRUCT' || type === 'RANGE'
      ? STRUCT(Object.fromEntries(fields.map((field) => [field.name, duckTypeOf(field)])))
      : scalarTypes[type];
  return mode === 'REPEATED' ? LIST(scalarType) : scalarType;
}

/** Rows as chunks that DuckDB's appender takes: ten times faster than row by row. */
export function toChunks(columns: readonly Column[], batch: RowBatch): DuckDBDataChunk[] {
  const types = columns.map(duckTypeOf);
  const chunks: DuckDBDataChunk[] = [];
  for (let start = 0; start < batch.rowCount; start += chunkRows) {
    const rows = Math.min(chunkRows, batch.rowCount - start);
    const chunk = DuckDBDataChunk.create(types, rows);
    for (const [index, column] of columns.entries()) {
      fill(chunk, index, column, batch.columns[index] ?? [], start, rows);
    }
    chunks.push(chunk);
  }
  return chunks;
}

function fill(
  chunk: DuckDBDataChunk,
  index: number,
  column: Column,
  cells: readonly Cell[],
  start: number,
  rows: number,
): void {
  const vector = chunk.getColumnVector(index);
  const convert = converterOf(column);
  for (let row = 0; row < rows; row += 1) {
    const cell = cells[start + row] ?? null;
    if (cell === null) vector.setItem(row, null);
    else vector.setItem(row, isRepeated(cell) ? new DuckDBListValue(cell.map(convert)) : convert(cell));
  }
  vector.flush();
}

function converterOf({ type, fields = [] }: Column): (value: Scalar) => DuckDBValue {
  if (type !== 'STRUCT' && type !== 'RANGE') return toDuck[type];
  const parts = fields.map((field) => ({ name: field.name, convert: converterOf(field) }));
  return (value) => {
    if (!isStruct(value)) throw new TypeError('the cell holds no struct');
    return new DuckDBStructValue(
      Object.fromEntries(
        parts.map(({ name, convert }, index) => [name, convertCell(value.fields[index] ?? null, convert)]),
      ),
    );
  };
}

function convertCell(cell: Cell, convert: (value: Scalar) => DuckDBValue): DuckDBValue {
  if (cell === null) return null;
  return isRepeated(cell) ? new DuckDBListValue(cell.map(convert)) : convert(cell);
}

function same(value: Scalar): DuckDBValue {
  if (value instanceof Uint8Array) return new DuckDBBlobValue(value);
  if (isStruct(value)) throw new TypeError('the cell holds a struct');
  return value;
}

const toDuck: Readonly<Record<ScalarColumnType, (value: Scalar) => DuckDBValue>> = {
  STRING: same,
  BYTES: same,
  INT64: same,
  FLOAT64: same,
  NUMERIC: (value) => new DuckDBDecimalValue(integerOf(value), 38, 9),
  BIGNUMERIC: same,
  BOOL: same,
  TIMESTAMP: (value) => new DuckDBTimestampValue(integerOf(value)),
  DATE: (value) => new DuckDBDateValue(numberOf(value)),
  DATETIME: (value) => new DuckDBTimestampValue(integerOf(value)),
  TIME: (value) => new DuckDBTimeValue(integerOf(value)),
  JSON: same,
  GEOGRAPHY: same,
};

/** A value of a result, as the cell it was stored from. */
export function fromDuck(value: DuckDBValue): Cell {
  return value instanceof DuckDBListValue
    ? value.items.map(fromScalar)
    : value === null
      ? null
      : fromScalar(value);
}

function fromScalar(value: DuckDBValue): Scalar {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimeValue) return value.micros;
  if (value instanceof DuckDBStructValue) return { fields: Object.values(value.entries).map(fromDuck) };
  if (value instanceof DuckDBDecimalValue) return value.value;
  if (value instanceof DuckDBDateValue) return value.days;
  if (value instanceof DuckDBBlobValue) return value.bytes;
  if (value === null || typeof value === 'object')
    throw new TypeError('the result holds a value of no known type');
  return value;
}
