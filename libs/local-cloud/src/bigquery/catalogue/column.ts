import { invalid } from '../errors.ts';
import { objectOf } from '../json.ts';

export const columnTypes = [
  'STRING',
  'BYTES',
  'INT64',
  'FLOAT64',
  'NUMERIC',
  'BOOL',
  'TIMESTAMP',
  'DATE',
  'JSON',
] as const;

export type ColumnType = (typeof columnTypes)[number];

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly mode: 'NULLABLE' | 'REQUIRED' | 'REPEATED';
  readonly description?: string;
}

const aliases: Readonly<Record<string, ColumnType>> = {
  INTEGER: 'INT64',
  FLOAT: 'FLOAT64',
  BOOLEAN: 'BOOL',
  DECIMAL: 'NUMERIC',
};

const restNames: Partial<Record<ColumnType, string>> = {
  INT64: 'INTEGER',
  FLOAT64: 'FLOAT',
  BOOL: 'BOOLEAN',
};

/** The type of that name in table schemas and query parameters, or undefined when it is not served. */
export function columnTypeOf(name: string): ColumnType | undefined {
  const upper = name.toUpperCase();
  return aliases[upper] ?? columnTypes.find((type) => type === upper);
}

/** The column as REST answers show it: with the names of types that BigQuery's REST API uses. */
export function toFieldSchema(column: Column): object {
  return { ...column, type: restNames[column.type] ?? column.type };
}

/** Reads `schema.fields` of a table resource. Names are unique whatever their case. */
export function readColumns(fields: unknown): Column[] {
  if (!Array.isArray(fields)) throw invalid('Schema has no fields');
  const columns = fields.map(readColumn);
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name.toLowerCase())) throw invalid(`Field ${name} already exists in schema`);
    names.add(name.toLowerCase());
  }
  return columns;
}

function readColumn(field: unknown): Column {
  const { name, type, mode, description } = objectOf(field);
  if (typeof name !== 'string' || !/^[\p{L}_][\p{L}\p{M}\p{N}\p{Pd}_ ]{0,299}$/u.test(name)) {
    throw invalid(`Invalid field name "${String(name)}"`);
  }
  const known = typeof type === 'string' ? columnTypeOf(type) : undefined;
  if (known === undefined) {
    throw invalid(
      `Field ${name}: type ${String(type)} is not supported by the local BigQuery, which serves ${columnTypes.join(', ')}`,
    );
  }
  const upperMode = typeof mode === 'string' ? mode.toUpperCase() : 'NULLABLE';
  if (upperMode !== 'NULLABLE' && upperMode !== 'REQUIRED' && upperMode !== 'REPEATED') {
    throw invalid(`Field ${name}: unknown mode ${upperMode}`);
  }
  const column = { name, type: known, mode: upperMode } as const;
  return typeof description === 'string' ? { ...column, description } : column;
}
