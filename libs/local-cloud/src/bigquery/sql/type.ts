import type { ColumnType } from '../catalogue/column.ts';
import { invalidQuery } from '../errors.ts';

export interface SqlType {
  readonly base: ColumnType;
  readonly isArray: boolean;
}

/** An expression in DuckDB's SQL, with the type that BigQuery gives it. */
export interface Typed {
  readonly sql: string;
  readonly type: SqlType;
  /** Set on literals and parameters, which may take another type where it is needed. */
  readonly literal?: Literal;
  /** FLOAT64 arithmetic without its check for overflow, which enclosing arithmetic makes once for all of it. */
  readonly unchecked?: string;
  /** The elements of an array that is known as the statement is read. */
  readonly items?: readonly Typed[];
}

export type Literal =
  | { readonly kind: 'null' }
  | { readonly kind: 'number' | 'string'; readonly text: string };

export const scalar = (base: ColumnType): SqlType => ({ base, isArray: false });

export const typed = (base: ColumnType, sql: string): Typed => ({ sql, type: scalar(base) });

export const sameType = (a: SqlType, b: SqlType): boolean => a.base === b.base && a.isArray === b.isArray;

/** As BigQuery writes it in messages. */
export const typeText = ({ base, isArray }: SqlType): string => (isArray ? `ARRAY<${base}>` : base);

const storedAs: Readonly<Record<ColumnType, string>> = {
  STRING: 'VARCHAR',
  BYTES: 'BLOB',
  INT64: 'BIGINT',
  FLOAT64: 'DOUBLE',
  NUMERIC: 'DECIMAL(38,9)',
  BOOL: 'BOOLEAN',
  TIMESTAMP: 'TIMESTAMP',
  DATE: 'DATE',
  JSON: 'VARCHAR',
};

/** DuckDB's type that holds it. TIMESTAMP is without zone there, and always UTC. */
export const duckType = ({ base, isArray }: SqlType): string => `${storedAs[base]}${isArray ? '[]' : ''}`;

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export function requireBase(expression: Typed, bases: readonly ColumnType[], where: string): Typed {
  if (expression.type.isArray || !bases.includes(expression.type.base)) {
    throw noSignature(where, [expression]);
  }
  return expression;
}

export const noSignature = (where: string, operands: readonly Typed[]) =>
  invalidQuery(
    `No matching signature for ${where} for argument types: ${operands.map(({ type }) => typeText(type)).join(', ')}`,
  );
