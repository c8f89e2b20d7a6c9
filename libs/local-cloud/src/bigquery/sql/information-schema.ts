import type { Catalogue, Dataset } from '../catalogue/catalogue.ts';
import type { Column, ColumnType } from '../catalogue/column.ts';
import type { Table } from '../catalogue/table.ts';
import { listOf, objectOf } from '../json.ts';
import { unsupportedSql } from '../errors.ts';
import type { TranslatedQuery } from './context.ts';
import { literalSql, nullLiteral } from './literal.ts';
import { duckType, quoteName, scalar, typeOfColumn, typeText } from './type.ts';

/** What INFORMATION_SCHEMA reads. */
export type Described = Pick<Catalogue, 'dataset' | 'datasets' | 'tables' | 'routines'>;

type Value = string | number | bigint | null;

interface View {
  readonly columns: readonly (readonly [name: string, type: ColumnType])[];
  readonly rows: (scope: {
    catalogue: Described;
    project: string;
    dataset: Dataset;
  }) => readonly (readonly Value[])[];
}

const yes = (condition: boolean): string => (condition ? 'YES' : 'NO');
const micros = (ms: number): bigint => BigInt(ms) * 1000n;

const tableColumns = [
  ['table_catalog', 'STRING'],
  ['table_schema', 'STRING'],
  ['table_name', 'STRING'],
] as const;

const nameOf = ({ reference: { project, dataset, table } }: Table): string[] => [project, dataset, table];

/** The views of a dataset. */
const views: Readonly<Record<string, View>> = {
  TABLES: {
    columns: [
      ...tableColumns,
      ['table_type', 'STRING'],
      ['is_insertable_into', 'STRING'],
      ['is_typed', 'STRING'],
      ['creation_time', 'TIMESTAMP'],
    ],
    rows: ({ catalogue, project, dataset }) =>
      catalogue.tables(project, dataset.id).map((table) => {
        const isView = table.view !== undefined;
        const type = isView ? 'VIEW' : 'BASE TABLE';
        return [...nameOf(table), type, yes(!isView), 'NO', micros(table.createdAtMs)];
      }),
  },
  COLUMNS: {
    columns: [
      ...tableColumns,
      ['column_name', 'STRING'],
      ['ordinal_position', 'INT64'],
      ['is_nullable', 'STRING'],
      ['data_type', 'STRING'],
      ['is_partitioning_column', 'STRING'],
      ['clustering_ordinal_position', 'INT64'],
    ],
    rows: ({ catalogue, project, dataset }) =>
      catalogue
        .tables(project, dataset.id)
        .flatMap((table) => table.columns.map((column, index) => describeColumn(table, column, index))),
  },
  VIEWS: {
    columns: [
      ...tableColumns,
      ['view_definition', 'STRING'],
      ['check_option', 'STRING'],
      ['use_standard_sql', 'STRING'],
    ],
    rows: ({ catalogue, project, dataset }) =>
      catalogue
        .tables(project, dataset.id)
        .flatMap((table) => (table.view === undefined ? [] : [[...nameOf(table), table.view, null, 'YES']])),
  },
  ROUTINES: {
    columns: [
      ['routine_catalog', 'STRING'],
      ['routine_schema', 'STRING'],
      ['routine_name', 'STRING'],
      ['routine_type', 'STRING'],
      ['routine_body', 'STRING'],
      ['routine_definition', 'STRING'],
      ['created', 'TIMESTAMP'],
      ['last_altered', 'TIMESTAMP'],
    ],
    rows: ({ catalogue, project, dataset }) =>
      catalogue
        .routines(project, dataset.id)
        .map(({ reference, body, createdAtMs, modifiedAtMs }) => [
          reference.project,
          reference.dataset,
          reference.routine,
          'FUNCTION',
          'SQL',
          body,
          micros(createdAtMs),
          micros(modifiedAtMs),
        ]),
  },
};

function describeColumn(table: Table, column: Column, index: number): Value[] {
  const clustered = listOf(objectOf(table.settings['clustering'])['fields']).indexOf(column.name);
  return [
    ...nameOf(table),
    column.name,
    index + 1,
    yes(column.mode !== 'REQUIRED'),
    typeText(typeOfColumn(column)),
    yes(table.partitioning?.column === column.name),
    clustered < 0 ? null : clustered + 1,
  ];
}

/** Of a project: its datasets. */
const schemata: View['columns'] = [
  ['catalog_name', 'STRING'],
  ['schema_name', 'STRING'],
  ['schema_owner', 'STRING'],
  ['creation_time', 'TIMESTAMP'],
  ['last_modified_time', 'TIMESTAMP'],
  ['location', 'STRING'],
];

/**
 * A view of INFORMATION_SCHEMA, as a query over what the catalogue holds now; undefined for the name of anything
 * else. `dataset` is looked up as tables are, in the job's location.
 */
export function informationSchema(
  parts: readonly string[],
  catalogue: Described,
  project: string,
  dataset: (parts: readonly string[]) => Dataset,
): TranslatedQuery | undefined {
  const view = parts.at(-1)?.toUpperCase() ?? '';
  if (parts.at(-2)?.toUpperCase() !== 'INFORMATION_SCHEMA') return undefined;
  const owner = parts.slice(0, -2);
  if (view === 'SCHEMATA') {
    const region = /^region-(.+)$/i.exec(owner.at(-1) ?? '')?.[1];
    if (owner.length > 1 || (owner.length === 1 && region === undefined && owner[0] !== project)) {
      throw unsupportedSql(`INFORMATION_SCHEMA.SCHEMATA of ${owner.join('.')}`);
    }
    const datasets = catalogue
      .datasets(project)
      .filter(({ location }) => region === undefined || location.toLowerCase() === region.toLowerCase());
    return rowsQuery(
      schemata,
      datasets.map(({ project: catalog, id, createdAtMs, modifiedAtMs, location }) => [
        catalog,
        id,
        null,
        micros(createdAtMs),
        micros(modifiedAtMs),
        location,
      ]),
    );
  }
  const known = views[view];
  if (known === undefined) throw unsupportedSql(`INFORMATION_SCHEMA.${view}`);
  const found = dataset(owner);
  return rowsQuery(known.columns, known.rows({ catalogue, project: found.project, dataset: found }));
}

function rowsQuery(columns: View['columns'], rows: readonly (readonly Value[])[]): TranslatedQuery {
  const typed = columns.map(([name, base]) => ({ name, type: scalar(base) }));
  if (rows.length === 0) {
    const nulls = typed.map(({ name, type }) => `CAST(NULL AS ${duckType(type)}) AS ${quoteName(name)}`);
    return { sql: `SELECT ${nulls.join(', ')} WHERE FALSE`, columns: typed };
  }
  const values = rows.map((row) => {
    const cells = columns.map(([, type], index) => cellSql(type, row[index] ?? null));
    return `(${cells.join(', ')})`;
  });
  const names = columns.map(([name]) => quoteName(name)).join(', ');
  return { sql: `SELECT * FROM (VALUES ${values.join(', ')}) AS v(${names})`, columns: typed };
}

const cellSql = (type: ColumnType, value: Value): string =>
  value === null
    ? nullLiteral(type).sql
    : literalSql(type, typeof value === 'number' ? BigInt(value) : value);
