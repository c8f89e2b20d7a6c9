import { invalid } from '../errors.ts';
import { isObject, objectOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { readColumns, toFieldSchema } from './column.ts';
import type { Column } from './column.ts';

export interface TableReference {
  readonly project: string;
  readonly dataset: string;
  readonly table: string;
}

const partitionUnits = ['HOUR', 'DAY', 'MONTH', 'YEAR'] as const;

export interface Partitioning {
  readonly column: string;
  readonly unit: (typeof partitionUnits)[number];
  /** Queries must filter on `column`. */
  readonly requireFilter: boolean;
  /** How long after its start a partition loses its rows. */
  readonly expirationMs?: number;
}

/** What a client sets on a table beside its columns; kept as given and shown again. */
export type TableSettings = JsonObject;

export interface Table {
  /** Names the table's rows in the store; never used again after the table is deleted. */
  readonly rowsId: number;
  readonly reference: TableReference;
  readonly columns: readonly Column[];
  readonly partitioning: Partitioning | undefined;
  readonly settings: TableSettings;
  /** The query that a view stands for. */
  readonly view: string | undefined;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** `project:dataset.table`, as BigQuery names a table in messages. */
export const tableName = ({ project, dataset, table }: TableReference): string =>
  `${project}:${dataset}.${table}`;

const settingKeys = [
  'friendlyName',
  'description',
  'labels',
  'timePartitioning',
  'requirePartitionFilter',
  'clustering',
  'expirationTime',
  'defaultCollation',
  'view',
];

/** Reads the body of `tables.insert`. */
export function readTable(reference: TableReference, body: JsonObject, rowsId: number, nowMs: number): Table {
  for (const key of ['materializedView', 'externalDataConfiguration', 'rangePartitioning']) {
    if (body[key] != null) throw invalid(`${key} is not supported by the local BigQuery`);
  }
  const columns = body['schema'] == null ? [] : readColumns(objectOf(body['schema'])['fields']);
  const settings = Object.fromEntries(
    settingKeys.filter((key) => body[key] != null).map((key) => [key, body[key]]),
  );
  return build({ rowsId, reference, columns, settings, createdAtMs: nowMs, modifiedAtMs: nowMs });
}

/**
 * Reads the body of `tables.patch`: what is absent stays, null removes. Columns may be added at the end as
 * NULLABLE or REPEATED, and REQUIRED may become NULLABLE; everything else about a column is fixed.
 */
export function patchTable(table: Table, body: JsonObject, nowMs: number): Table {
  const settings = mergeSettings(table.settings, body);
  const columns =
    body['schema'] == null
      ? table.columns
      : patchColumns(table, readColumns(objectOf(body['schema'])['fields']));
  return build({ ...table, columns, settings, modifiedAtMs: nowMs });
}

/** Reads the body of `tables.update`: what is absent goes, but for the columns. */
export function replaceTable(table: Table, body: JsonObject, nowMs: number): Table {
  const cleared = Object.fromEntries(settingKeys.map((key) => [key, null]));
  return patchTable(table, { ...cleared, ...body }, nowMs);
}

/**
 * The table with its dataset's defaults where it has none of its own: an end to the life of its partitions,
 * `defaultPartitionExpirationMs`, or else of the table, `defaultTableExpirationMs` from `nowMs`.
 */
export function withExpiration(
  table: Table,
  { defaultPartitionExpirationMs, defaultTableExpirationMs }: TableSettings,
  nowMs: number,
): Table {
  if (table.partitioning !== undefined && Number(defaultPartitionExpirationMs ?? 0) > 0) {
    const own = objectOf(table.settings['timePartitioning']);
    if (own['expirationMs'] != null) return table;
    const timePartitioning = { ...own, expirationMs: defaultPartitionExpirationMs };
    return build({ ...table, settings: { ...table.settings, timePartitioning } });
  }
  const lifetime = Number(defaultTableExpirationMs ?? 0);
  if (lifetime === 0 || table.view !== undefined || table.settings['expirationTime'] != null) return table;
  return build({ ...table, settings: { ...table.settings, expirationTime: String(nowMs + lifetime) } });
}

export const hasExpired = ({ settings }: Table, nowMs: number): boolean =>
  settings['expirationTime'] != null && Number(settings['expirationTime']) <= nowMs;

/** Columns as a translated view has them. */
export const withColumns = (table: Table, columns: readonly Column[]): Table => build({ ...table, columns });

/** Merges a patch: what is absent stays, null removes, labels merge one by one. */
export function mergeSettings(
  settings: TableSettings,
  body: JsonObject,
  keys: readonly string[] = settingKeys,
): TableSettings {
  const merged: Record<string, unknown> = { ...settings };
  for (const key of keys.filter((candidate) => candidate in body)) {
    const value = body[key];
    merged[key] =
      key === 'labels' && value != null ? mergeLabels(merged['labels'], value) : (value ?? undefined);
    if (merged[key] === undefined) delete merged[key];
  }
  return merged;
}

function mergeLabels(before: unknown, patch: unknown): object {
  const merged = { ...objectOf(before), ...objectOf(patch) };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

function patchColumns(table: Table, wanted: readonly Column[]): Column[] {
  const refuse = (why: string): never => {
    throw invalid(`Provided Schema does not match Table ${tableName(table.reference)}. ${why}`);
  };
  const kept = table.columns.map((column) => {
    const next =
      wanted.find((candidate) => candidate.name.toLowerCase() === column.name.toLowerCase()) ??
      refuse(`Field ${column.name} is missing in new schema`);
    if (next.type !== column.type) {
      refuse(`Field ${column.name} has changed type from ${column.type} to ${next.type}`);
    }
    if (next.type === 'RANGE' && next.fields?.[0]?.type !== column.fields?.[0]?.type) {
      refuse(`Field ${column.name} has changed the type of its elements`);
    }
    if (next.mode !== column.mode && !(column.mode === 'REQUIRED' && next.mode === 'NULLABLE')) {
      refuse(`Field ${column.name} has changed mode from ${column.mode} to ${next.mode}`);
    }
    return { ...next, name: column.name };
  });
  const added = wanted.filter(
    ({ name }) => !kept.some((column) => column.name.toLowerCase() === name.toLowerCase()),
  );
  for (const { name, mode } of added) {
    if (mode === 'REQUIRED') refuse(`Cannot add required fields to an existing schema. (field: ${name})`);
  }
  return [...kept, ...added];
}

type Unread = Omit<Table, 'partitioning' | 'view'>;

function build(table: Unread): Table {
  const { expirationTime } = table.settings;
  if (expirationTime != null && !/^"?\d{1,15}"?$/.test(JSON.stringify(expirationTime))) {
    throw invalid(`Invalid value for expirationTime: ${JSON.stringify(expirationTime)}`);
  }
  return { ...table, partitioning: readPartitioning(table), view: readView(table.settings['view']) };
}

function readView(view: unknown): string | undefined {
  if (view == null) return undefined;
  const { query, useLegacySql } = objectOf(view);
  if (useLegacySql !== false) throw invalid('Views in legacy SQL are not supported by the local BigQuery');
  if (typeof query !== 'string') throw invalid('Required parameter is missing: view.query');
  return query;
}

function readPartitioning({ columns, settings }: Unread): Partitioning | undefined {
  const raw = settings['timePartitioning'];
  if (!isObject(raw)) return undefined;
  const { field, type, expirationMs } = raw;
  if (typeof field !== 'string') {
    throw invalid('Partitioning by ingestion time is not supported by the local BigQuery: name a field');
  }
  const column = columns.find(({ name }) => name.toLowerCase() === field.toLowerCase());
  if (column === undefined || column.mode === 'REPEATED' || !['TIMESTAMP', 'DATE'].includes(column.type)) {
    throw invalid(`The field specified for partitioning is not a TIMESTAMP or DATE column: ${field}`);
  }
  const unit = partitionUnits.find((known) => known === (type ?? 'DAY'));
  if (unit === undefined) throw invalid(`Unknown partitioning type ${String(type)}`);
  if (expirationMs != null && !/^"?\d{1,15}"?$/.test(JSON.stringify(expirationMs))) {
    throw invalid(`Invalid value for timePartitioning.expirationMs: ${JSON.stringify(expirationMs)}`);
  }
  const lifetime = Number(expirationMs ?? 0);
  return {
    column: column.name,
    unit,
    ...(lifetime > 0 && { expirationMs: lifetime }),
    requireFilter: settings['requirePartitionFilter'] === true || raw['requirePartitionFilter'] === true,
  };
}

/** The table as it is kept in the store. */
export function storedTable({
  rowsId,
  reference,
  columns,
  settings,
  createdAtMs,
  modifiedAtMs,
}: Table): string {
  return JSON.stringify({ rowsId, reference, columns, settings, createdAtMs, modifiedAtMs });
}

/** Reads what `storedTable` wrote. */
export function restoreTable(stored: string): Table {
  const { rowsId, reference, columns, settings, createdAtMs, modifiedAtMs } = objectOf(JSON.parse(stored));
  const { project, dataset, table } = objectOf(reference);
  return build({
    rowsId: Number(rowsId),
    reference: { project: String(project), dataset: String(dataset), table: String(table) },
    columns: readColumns(columns),
    settings: objectOf(settings),
    createdAtMs: Number(createdAtMs),
    modifiedAtMs: Number(modifiedAtMs),
  });
}

/** The table as `tables.get` shows it. */
export function toTableResource(table: Table, location: string, rowCount?: number): object {
  const { project, dataset, table: tableId } = table.reference;
  return {
    kind: 'bigquery#table',
    id: tableName(table.reference),
    tableReference: { projectId: project, datasetId: dataset, tableId },
    type: table.view === undefined ? 'TABLE' : 'VIEW',
    location,
    ...table.settings,
    ...(table.columns.length > 0 && { schema: { fields: table.columns.map(toFieldSchema) } }),
    creationTime: String(table.createdAtMs),
    lastModifiedTime: String(table.modifiedAtMs),
    ...(rowCount !== undefined && { numRows: String(rowCount), numBytes: '0' }),
  };
}
