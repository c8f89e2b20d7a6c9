import type { Column, ColumnType, ScalarColumnType } from '../catalogue/column.ts';
import { invalidQuery, unsupportedSql } from '../errors.ts';

export interface SqlType {
  readonly base: ColumnType;
  readonly isArray: boolean;
  /** Of a STRUCT; of a RANGE its bounds, which no statement reads as fields. */
  readonly fields?: readonly StructField[];
}

export interface StructField {
  readonly name: string;
  readonly type: SqlType;
}

/** An expression in DuckDB's SQL, with the type that BigQuery gives it. */
export interface Typed {
  readonly sql: string;
  readonly type: SqlType;
  /** Set on literals and parameters, which may take another type where it is needed. */
  readonly literal?: Literal;
  /** FLOAT64 arithmetic without its check for overflow, which enclosing arithmetic makes once for all of it. */
  readonly unchecked?: string;
  /** The fields of a STRUCT that the statement constructs. */
  readonly members?: readonly Typed[];
  /** The elements of an array that is known as the statement is read. */
  readonly items?: readonly Typed[];
}

export type Literal =
  | { readonly kind: 'null' }
  | { readonly kind: 'number' | 'string'; readonly text: string };

export const scalar = (base: ColumnType): SqlType => ({ base, isArray: false });

export const typed = (base: ColumnType, sql: string): Typed => ({ sql, type: scalar(base) });

export const arrayOf = (type: SqlType): SqlType => ({ ...type, isArray: true });

export const elementOf = (type: SqlType): SqlType => ({ ...type, isArray: false });

export function sameType(a: SqlType, b: SqlType): boolean {
  if (a.base !== b.base || a.isArray !== b.isArray || a.fields?.length !== b.fields?.length) return false;
  return (a.fields ?? []).every(({ name, type }, index) => {
    const other = b.fields?.[index];
    return other !== undefined && other.name === name && sameType(type, other.type);
  });
}

export const typeOfColumn = ({ type, mode, fields }: Pick<Column, 'type' | 'mode' | 'fields'>): SqlType => ({
  base: type,
  isArray: mode === 'REPEATED',
  ...(fields !== undefined && {
    fields: fields.map((field) => ({ name: field.name, type: typeOfColumn(field) })),
  }),
});

export const columnOfType = (name: string, { base, isArray, fields }: SqlType): Column => ({
  name,
  type: base,
  mode: isArray ? 'REPEATED' : 'NULLABLE',
  ...(fields !== undefined && { fields: fields.map((field) => columnOfType(field.name, field.type)) }),
});

/** As BigQuery writes it in messages. */
export function typeText(type: SqlType): string {
  if (type.isArray) return `ARRAY<${typeText(elementOf(type))}>`;
  if (type.base === 'RANGE') return `RANGE<${type.fields?.[0]?.type.base ?? ''}>`;
  if (type.fields === undefined) return type.base;
  return `STRUCT<${type.fields.map((field) => `${field.name} ${typeText(field.type)}`).join(', ')}>`;
}

const storedAs: Readonly<Record<ScalarColumnType, string>> = {
  STRING: 'VARCHAR',
  BYTES: 'BLOB',
  INT64: 'BIGINT',
  FLOAT64: 'DOUBLE',
  NUMERIC: 'DECIMAL(38,9)',
  BIGNUMERIC: 'BIGNUM',
  BOOL: 'BOOLEAN',
  TIMESTAMP: 'TIMESTAMP',
  DATE: 'DATE',
  DATETIME: 'TIMESTAMP',
  TIME: 'TIME',
  JSON: 'VARCHAR',
  GEOGRAPHY: 'VARCHAR',
};

/** DuckDB's type that holds it: TIMESTAMP without zone, always UTC; BIGNUMERIC as the integer count of 1e-38. */
export function duckType({ base, isArray, fields = [] }: SqlType): string {
  const scalarType =
    base === 'STRUCT' || base === 'RANGE'
      ? `STRUCT(${fields.map(({ name, type }) => `${quoteName(name)} ${duckType(type)}`).join(', ')})`
      : storedAs[base];
  return `${scalarType}${isArray ? '[]' : ''}`;
}

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export function requireBase(expression: Typed, bases: readonly ColumnType[], where: string): Typed {
  const { isArray, base } = expression.type;
  if (base === 'BIGNUMERIC' && bases.includes('INT64') && !isArray && !bases.includes(base)) {
    // DuckDB would go by way of FLOAT64.
    throw unsupportedSql(`BIGNUMERIC in ${where}`);
  }
  if (isArray || !bases.includes(base)) {
    throw noSignature(where, [expression]);
  }
  return expression;
}

/** Arrays, structs, ranges, JSON and GEOGRAPHY have no order here, and no equality that GROUP BY could use. */
export const isGroupable = ({ base, isArray }: SqlType): boolean =>
  !isArray && !['JSON', 'STRUCT', 'RANGE', 'GEOGRAPHY'].includes(base);

export const noSignature = (where: string, operands: readonly Typed[]) =>
  invalidQuery(
    `No matching signature for ${where} for argument types: ${operands.map(({ type }) => typeText(type)).join(', ')}`,
  );
