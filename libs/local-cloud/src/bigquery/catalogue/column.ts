import { invalid } from '../errors.ts';
import { listOf, objectOf } from '../json.ts';

export const columnTypes = [
  'STRING',
  'BYTES',
  'INT64',
  'FLOAT64',
  'NUMERIC',
  'BIGNUMERIC',
  'BOOL',
  'TIMESTAMP',
  'DATE',
  'DATETIME',
  'TIME',
  'JSON',
  'GEOGRAPHY',
  'STRUCT',
  'RANGE',
] as const;

export type ColumnType = (typeof columnTypes)[number];

/** The types whose values have no parts. */
export type ScalarColumnType = Exclude<ColumnType, 'STRUCT' | 'RANGE'>;

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly mode: 'NULLABLE' | 'REQUIRED' | 'REPEATED';
  readonly description?: string;
  /** Of a STRUCT; of a RANGE its bounds, `start` and `end`, both of the type of its elements. */
  readonly fields?: readonly Column[];
  /** The schema named no mode, and shows none. */
  readonly isModeImplied?: true;
}

const aliases: Readonly<Record<string, ColumnType>> = {
  INTEGER: 'INT64',
  FLOAT: 'FLOAT64',
  BOOLEAN: 'BOOL',
  DECIMAL: 'NUMERIC',
  BIGDECIMAL: 'BIGNUMERIC',
  RECORD: 'STRUCT',
};

const restNames: Partial<Record<ColumnType, string>> = {
  INT64: 'INTEGER',
  FLOAT64: 'FLOAT',
  BOOL: 'BOOLEAN',
  STRUCT: 'RECORD',
};

/** The type of that name in table schemas and query parameters, or undefined when it is not served. */
export function columnTypeOf(name: string): ColumnType | undefined {
  const upper = name.toUpperCase();
  return aliases[upper] ?? columnTypes.find((type) => type === upper);
}

/** The column as REST answers show it: with the names of types that BigQuery's REST API uses. */
export function toFieldSchema({ name, type, mode, description, fields, isModeImplied }: Column): object {
  return {
    name,
    type: restNames[type] ?? type,
    ...(isModeImplied !== true && { mode }),
    ...(description !== undefined && { description }),
    ...(type === 'RANGE' && { rangeElementType: { type: fields?.[0]?.type } }),
    ...(type === 'STRUCT' && { fields: (fields ?? []).map(toFieldSchema) }),
  };
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
  const { name, type, mode, description, fields, precision, rangeElementType, isModeImplied } =
    objectOf(field);
  if (typeof name !== 'string' || !/^[\p{L}_][\p{L}\p{M}\p{N}\p{Pd}_ ]{0,299}$/u.test(name)) {
    throw invalid(`Invalid field name "${String(name)}"`);
  }
  const known = typeof type === 'string' ? columnTypeOf(type) : undefined;
  if (known === undefined) {
    throw invalid(
      `Field ${name}: type ${String(type)} is not supported by the local BigQuery, which serves ${columnTypes.join(', ')}`,
    );
  }
  if (precision != null) throw invalid(`Field ${name}: precision is not supported by the local BigQuery`);
  const upperMode = typeof mode === 'string' ? mode.toUpperCase() : 'NULLABLE';
  if (upperMode !== 'NULLABLE' && upperMode !== 'REQUIRED' && upperMode !== 'REPEATED') {
    throw invalid(`Field ${name}: unknown mode ${upperMode}`);
  }
  return {
    name,
    type: known,
    mode: upperMode,
    ...(typeof description === 'string' && { description }),
    ...(known === 'STRUCT' && { fields: readColumns(fields) }),
    ...(known === 'RANGE' && { fields: readBounds(name, rangeElementType, fields) }),
    ...((mode == null || isModeImplied === true) && { isModeImplied: true as const }),
  };
}

/** The bounds that a RANGE of the catalogue has already tell the type of its elements, too. */
function readBounds(name: string, elementType: unknown, bounds: unknown): readonly Column[] {
  const found = boundsOf(objectOf(elementType)['type'] ?? objectOf(listOf(bounds)[0])['type']);
  if (found === undefined) {
    throw invalid(`Field ${name}: a RANGE needs a rangeElementType of DATE, DATETIME or TIMESTAMP`);
  }
  return found;
}

/** The bounds of a RANGE of that type, or undefined where there is no such RANGE. */
export function boundsOf(elementType: unknown): readonly Column[] | undefined {
  if (elementType !== 'DATE' && elementType !== 'DATETIME' && elementType !== 'TIMESTAMP') return undefined;
  return ['start', 'end'].map((name) => ({ name, type: elementType, mode: 'NULLABLE' }));
}
