/**
 * One value of a row, by the column's type: INT64 bigint; FLOAT64 a finite number; NUMERIC bigint in units of
 * 1e-9, BIGNUMERIC of 1e-38; BOOL boolean; TIMESTAMP and DATETIME bigint of epoch microseconds; DATE number of days since 1970-01-01;
 * TIME bigint of microseconds since midnight; STRING, JSON and GEOGRAPHY string; BYTES Uint8Array; STRUCT its
 * fields in order; RANGE its start and end, null where it has none; a REPEATED column an array of those.
 */
export type Cell = Scalar | null | readonly Scalar[];

export type Scalar = bigint | number | boolean | string | Uint8Array | StructValue;

export interface StructValue {
  readonly fields: readonly Cell[];
}

export const isRepeated = (cell: Cell | undefined): cell is readonly Scalar[] => Array.isArray(cell);

export function isStruct(value: Scalar): value is StructValue {
  return typeof value === 'object' && !(value instanceof Uint8Array);
}

/** The value of an INT64, NUMERIC, BIGNUMERIC, TIMESTAMP, DATETIME or TIME cell. */
export function integerOf(value: Scalar): bigint {
  if (typeof value !== 'bigint') throw new TypeError('the cell holds no integer');
  return value;
}

/** The value of a FLOAT64 or DATE cell. */
export function numberOf(value: Scalar): number {
  if (typeof value !== 'number') throw new TypeError('the cell holds no number');
  return value;
}

/** Rows of one table, column by column, in the order of the table's columns. */
export interface RowBatch {
  readonly rowCount: number;
  readonly columns: Cell[][];
}
