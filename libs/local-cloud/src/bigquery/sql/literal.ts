import type { ColumnType } from '../catalogue/column.ts';
import { invalidQuery } from '../errors.ts';
import { formatNumeric } from '../values/numeric.ts';
import { readScalar } from '../values/json-row.ts';
import { integerOf, isStruct, numberOf } from '../values/cell.ts';
import type { Scalar } from '../values/cell.ts';
import { formatDate, formatTime } from '../values/time.ts';
import { duckType, scalar, typed } from './type.ts';
import type { Typed } from './type.ts';

/** A value as a DuckDB literal of exactly the type that holds it. */
export function literalSql(type: ColumnType, value: Scalar): string {
  if (value instanceof Uint8Array) return blob(value);
  if (isStruct(value)) throw new TypeError('STRUCT and RANGE are written part by part');
  switch (type) {
    case 'INT64':
      return `CAST(${String(value)} AS BIGINT)`;
    case 'FLOAT64':
      return `CAST('${String(value)}' AS DOUBLE)`;
    case 'NUMERIC':
      return `CAST('${formatNumeric(integerOf(value))}' AS DECIMAL(38,9))`;
    case 'BIGNUMERIC':
      return `CAST('${String(value)}' AS BIGNUM)`;
    case 'TIMESTAMP':
    case 'DATETIME':
      return `make_timestamp(CAST(${String(value)} AS BIGINT))`;
    case 'DATE':
      return `CAST('${formatDate(numberOf(value))}' AS DATE)`;
    case 'BOOL':
      return value === true ? 'TRUE' : 'FALSE';
    case 'TIME':
      return `CAST('${formatTime(integerOf(value))}' AS TIME)`;
    case 'BYTES':
    case 'GEOGRAPHY':
    case 'STRUCT':
    case 'RANGE':
    case 'JSON':
    case 'STRING':
      return text(String(value));
  }
}

export const nullLiteral = (base: ColumnType = 'INT64'): Typed => ({
  ...typed(base, `CAST(NULL AS ${duckType(scalar(base))})`),
  literal: { kind: 'null' },
});

export const stringLiteral = (value: string): Typed => ({
  ...typed('STRING', text(value)),
  literal: { kind: 'string', text: value },
});

/** A number as written in the statement: INT64 without point and exponent, else FLOAT64. */
export function numberLiteral(written: string): Typed {
  const type = /^-?\d+$/.test(written) ? 'INT64' : 'FLOAT64';
  const value = readScalar(type, written.replace(/\.$/, ''));
  if (value === undefined) throw invalidQuery(`Invalid ${type} literal: ${written}`);
  return { ...typed(type, literalSql(type, value)), literal: { kind: 'number', text: written } };
}

/** Text as a literal of another type, as BigQuery reads `TIMESTAMP '...'`, or a STRING compared to a DATE. */
export function parsedLiteral(type: ColumnType, written: string): Typed {
  const value = readScalar(type, written);
  if (value === undefined) throw invalidQuery(`Could not cast literal "${written}" to type ${type}`);
  return typed(type, literalSql(type, value));
}

function text(value: string): string {
  // DuckDB reads a statement up to its first zero byte.
  if (value.includes('\0')) return `decode(${blob(Buffer.from(value))})`;
  return `CAST('${value.replaceAll("'", "''")}' AS VARCHAR)`;
}

const blob = (bytes: Uint8Array): string => `from_hex('${Buffer.from(bytes).toString('hex')}')`;
