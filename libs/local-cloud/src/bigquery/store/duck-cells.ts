import {
  DuckDBBlobValue,
  DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBTimestampValue,
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  LIST,
  TIMESTAMP,
  VARCHAR,
} from '@duckdb/node-api';
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';

import type { Column, ColumnType } from '../catalogue/column.ts';
import { integerOf, numberOf } from '../values/cell.ts';
import type { Cell, RowBatch, Scalar } from '../values/cell.ts';

/** What a data chunk of DuckDB holds at most. */
const chunkRows = 2048;
const numericType = DECIMAL(38, 9);

const scalarTypes: Readonly<Record<ColumnType, DuckDBType>> = {
  STRING: VARCHAR,
  BYTES: BLOB,
  INT64: BIGINT,
  FLOAT64: DOUBLE,
  NUMERIC: numericType,
  BOOL: BOOLEAN,
  TIMESTAMP,
  DATE,
  JSON: VARCHAR,
};

/** Rows as chunks that DuckDB's appender takes: ten times faster than row by row. */
export function toChunks(columns: readonly Column[], batch: RowBatch): DuckDBDataChunk[] {
  const types = columns.map(({ type, mode }) =>
    mode === 'REPEATED' ? LIST(scalarTypes[type]) : scalarTypes[type],
  );
  const chunks: DuckDBDataChunk[] = [];
  for (let start = 0; start < batch.rowCount; start += chunkRows) {
    const rows = Math.min(chunkRows, batch.rowCount - start);
    const chunk = DuckDBDataChunk.create(types, rows);
    for (const [index, { type }] of columns.entries()) {
      fill(chunk, index, type, batch.columns[index] ?? [], start, rows);
    }
    chunks.push(chunk);
  }
  return chunks;
}

function fill(
  chunk: DuckDBDataChunk,
  index: number,
  type: ColumnType,
  cells: readonly Cell[],
  start: number,
  rows: number,
): void {
  const vector = chunk.getColumnVector(index);
  const convert = toDuck[type];
  for (let row = 0; row < rows; row += 1) {
    const cell = cells[start + row] ?? null;
    if (cell === null) vector.setItem(row, null);
    else vector.setItem(row, isList(cell) ? new DuckDBListValue(cell.map(convert)) : convert(cell));
  }
  vector.flush();
}

const isList = (cell: Scalar | readonly Scalar[]): cell is readonly Scalar[] => Array.isArray(cell);

const same = (value: Scalar): DuckDBValue =>
  value instanceof Uint8Array ? new DuckDBBlobValue(value) : value;

const toDuck: Readonly<Record<ColumnType, (value: Scalar) => DuckDBValue>> = {
  STRING: same,
  BYTES: same,
  INT64: same,
  FLOAT64: same,
  NUMERIC: (value) => new DuckDBDecimalValue(integerOf(value), 38, 9),
  BOOL: same,
  TIMESTAMP: (value) => new DuckDBTimestampValue(integerOf(value)),
  DATE: (value) => new DuckDBDateValue(numberOf(value)),
  JSON: same,
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
  if (value instanceof DuckDBTimestampValue) return value.micros;
  if (value instanceof DuckDBDecimalValue) return value.value;
  if (value instanceof DuckDBDateValue) return value.days;
  if (value instanceof DuckDBBlobValue) return value.bytes;
  if (value === null || typeof value === 'object')
    throw new TypeError('the result holds a value of no known type');
  return value;
}
