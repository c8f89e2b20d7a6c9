import { tableName } from '../catalogue/table.ts';
import type { Table } from '../catalogue/table.ts';
import { invalid, invalidQuery } from '../errors.ts';
import { coerceTo } from './coercion.ts';
import { SqlNode } from './node.ts';
import type { QueryContext } from './query.ts';
import type { Source } from './scope.ts';
import { duckType, quoteName, typeOfColumn } from './type.ts';
import type { Typed } from './type.ts';

/** A statement that changes the rows of one table, in DuckDB's SQL. */
export interface Change {
  readonly statementType: 'INSERT' | 'UPDATE' | 'DELETE' | 'MERGE' | 'TRUNCATE_TABLE';
  readonly table: Table;
  readonly sql: string;
  /** Queries that must find nothing, with what is wrong when they do. */
  readonly guards: readonly { readonly sql: string; readonly message: string }[];
  /** The same, once the rows are changed. */
  readonly checks?: Change['guards'];
  /** Finds rows of the table numbered `settledRows` or above that the statement would change. */
  readonly touchesFrom?: (settledRows: number) => string;
}

/** The table that a statement changes, as a source of its expressions. */
export function readTarget(
  node: SqlNode,
  givenAlias: string | undefined,
  context: QueryContext,
): { readonly table: Table; readonly source: Source; readonly sqlName: string } {
  const { parts, alias } = SqlNode.read(node, () => ({
    parts: ['catalog', 'schema', 'name'].flatMap((key) => node.name(key)?.split('.') ?? []),
    alias: node.name('alias'),
  }));
  const table = context.table(parts);
  if (table.view !== undefined) throw invalid(`Cannot change the view ${tableName(table.reference)}`);
  const sqlName = context.newName();
  const fields = table.columns.map((column) => ({
    name: column.name,
    type: typeOfColumn(column),
    sql: `${sqlName}.${quoteName(column.name)}`,
  }));
  return { table, sqlName, source: { alias: givenAlias ?? alias ?? parts.at(-1) ?? '', fields, table } };
}

/** A value as it is stored in the column: of its type, and not NULL where the column is REQUIRED. */
export function storedValue(table: Table, name: string, value: Typed | undefined, checksNull = true): string {
  const column = table.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (column === undefined)
    throw invalidQuery(`Column ${name} is not present in table ${tableName(table.reference)}`);
  const type = typeOfColumn(column);
  if (value === undefined || value.literal?.kind === 'null') {
    if (column.mode === 'REQUIRED') throw invalidQuery(`Required field ${column.name} cannot be null`);
    return column.mode === 'REPEATED' ? `CAST([] AS ${duckType(type)})` : `CAST(NULL AS ${duckType(type)})`;
  }
  const { sql } = coerceTo(value, type, `column ${column.name}`);
  if (column.mode === 'REPEATED') return `COALESCE(${sql}, CAST([] AS ${duckType(type)}))`;
  return checksNull && column.mode === 'REQUIRED'
    ? `CASE WHEN ${sql} IS NULL THEN error('Required field ${column.name.replaceAll("'", "''")} cannot be null') ELSE ${sql} END`
    : sql;
}

export function requireOnce(names: readonly string[]): void {
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length) {
    throw invalidQuery('A column is assigned more than once');
  }
}
