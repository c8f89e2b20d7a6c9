import { patchTable, readTable, tableName } from '../catalogue/table.ts';
import type { Table, TableReference } from '../catalogue/table.ts';
import { toFieldSchema } from '../catalogue/column.ts';
import type { Column } from '../catalogue/column.ts';
import { duplicate, invalid, notFound } from '../errors.ts';
import { objectOf, textOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Store } from './store.ts';
import type { Transaction } from './transaction.ts';

export interface Destination {
  readonly reference: TableReference;
  readonly create: 'CREATE_IF_NEEDED' | 'CREATE_NEVER';
  readonly write: 'WRITE_EMPTY' | 'WRITE_APPEND' | 'WRITE_TRUNCATE';
  /** Columns of a table that has to be made, or that replace those of a truncated one. */
  readonly columns: readonly Column[] | undefined;
  readonly settings?: JsonObject;
}

/** Reads `destinationTable` with its dispositions, as load, copy and query jobs have it. */
export function readDestination(
  configuration: JsonObject,
  project: string,
  write: Destination['write'],
): Omit<Destination, 'columns'> {
  const { destinationTable, createDisposition, writeDisposition } = configuration;
  const disposition = textOf(writeDisposition) ?? write;
  if (disposition !== 'WRITE_EMPTY' && disposition !== 'WRITE_APPEND' && disposition !== 'WRITE_TRUNCATE') {
    throw invalid(`writeDisposition ${disposition} is not supported by the local BigQuery`);
  }
  return {
    reference: readReference(destinationTable, project),
    create: createDisposition === 'CREATE_NEVER' ? 'CREATE_NEVER' : 'CREATE_IF_NEEDED',
    write: disposition,
  };
}

export function readReference(given: unknown, project: string): TableReference {
  const { projectId, datasetId, tableId } = objectOf(given);
  if (typeof datasetId !== 'string' || typeof tableId !== 'string') {
    throw invalid('Required parameter is missing: table');
  }
  return { project: textOf(projectId) ?? project, dataset: datasetId, table: tableId };
}

/** The table to write to, made or emptied as the dispositions ask, within the transaction. */
export async function openDestination(
  store: Store,
  transaction: Transaction,
  { reference, create, write, columns, settings = {} }: Destination,
  nowMs: number,
): Promise<Table> {
  const existing = store.catalogue.findTable(reference);
  if (existing === undefined) {
    if (create === 'CREATE_NEVER') throw notFound(`Table ${tableName(reference)}`);
    if (columns === undefined) throw invalid('No schema specified on job or table.');
    const body = { ...settings, schema: { fields: columns.map(toFieldSchema) } };
    const table = readTable(reference, body, store.newRowsId(), nowMs);
    return store.createTableIn(transaction, table);
  }
  if (existing.view !== undefined) throw invalid(`${tableName(reference)} is not a table but a view`);
  if (write === 'WRITE_EMPTY' && (await transaction.hasRows(existing))) {
    throw duplicate(`Table ${tableName(reference)}`);
  }
  if (write !== 'WRITE_TRUNCATE') {
    if (existing.columns.length > 0 || columns === undefined) return existing;
    const body = { schema: { fields: columns.map(toFieldSchema) } };
    return store.patchTableIn(transaction, existing, patchTable(existing, body, nowMs));
  }
  const fields = (columns ?? existing.columns).map(toFieldSchema);
  const body = { ...existing.settings, ...settings, schema: { fields } };
  const replaced = readTable(reference, body, store.newRowsId(), nowMs);
  await store.dropTableIn(transaction, existing);
  return store.createTableIn(transaction, { ...replaced, createdAtMs: existing.createdAtMs });
}
