import type { CloudClock } from '../../core/clock.ts';
import type { Meter } from '../../core/meter.ts';
import type { Column } from '../catalogue/column.ts';
import type { Table } from '../catalogue/table.ts';
import { invalid } from '../errors.ts';
import { listOf, objectOf, textOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { rowsOf } from '../sql/from.ts';
import { quoteName, typeOfColumn } from '../sql/type.ts';
import type { Store } from '../store/store.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Cell } from '../values/cell.ts';
import { timestampFormatOf, toJsonRow } from '../values/json-answer.ts';
import { readJsonRow } from '../values/json-row.ts';
import type { JsonRow } from '../values/json-row.ts';
import { InsertIds } from './insert-ids.ts';
import { pageRows, readPage } from './page.ts';
import type { RestRequest, Route } from './route.ts';
import { countRows, referenceOf } from './table-routes.ts';

const maxRows = 50_000;

export function tableDataRoutes(store: Store, clock: CloudClock, meter: Meter): Route[] {
  const insertIds = new InsertIds(clock);
  const table = '/projects/{project}/datasets/{dataset}/tables/{table}';
  return [
    {
      method: 'POST',
      pattern: `${table}/insertAll`,
      handle: async (request) => {
        const { insertErrors, inserted } = await insertAll(request, store, insertIds);
        meter.add('bigquery', 'insertedRows', inserted);
        const kind = 'bigquery#tableDataInsertAllResponse';
        return insertErrors.length === 0 ? { kind } : { kind, insertErrors };
      },
    },
    { method: 'GET', pattern: `${table}/data`, handle: (request) => listRows(request, store) },
  ];
}

interface GivenRow {
  /** Empty where the row has none. */
  readonly insertId: string;
  readonly json: JsonObject;
}

function readGivenRow(row: unknown): GivenRow {
  const { insertId, json } = objectOf(row);
  return { insertId: textOf(insertId) ?? '', json: objectOf(json) };
}

/** Stores all rows or, with `skipInvalidRows`, those that are valid; the answer names the others by index. */
async function insertAll(
  request: RestRequest,
  store: Store,
  insertIds: InsertIds,
): Promise<{ readonly insertErrors: readonly object[]; readonly inserted: number }> {
  const { body } = request;
  const given = listOf(body['rows']).map(readGivenRow);
  if (given.length === 0) throw invalid('No rows present in the request.');
  if (given.length > maxRows) {
    throw invalid(`Too many rows present in the request, limit: ${maxRows} row count: ${given.length}.`);
  }
  if (body['templateSuffix'] != null) throw invalid('templateSuffix is not supported by the local BigQuery');
  return store.writes.submit(async (transaction) => {
    const table = store.streamingTarget(referenceOf(request));
    if (table.view !== undefined) throw invalid('Cannot stream into a view');
    if (table.columns.length === 0) throw invalid('The destination table has no schema.');
    const rows = given.map(({ json }) =>
      readJsonRow(table.columns, json, body['ignoreUnknownValues'] === true),
    );
    const insertErrors = errorsOf(rows, body['skipInvalidRows'] === true);
    const isRefused = insertErrors.length > 0 && body['skipInvalidRows'] !== true;
    const valid = isRefused ? [] : takeNew(table, given, rows, insertIds, transaction);
    if (valid.length > 0) {
      const columns = table.columns.map((_, column) => valid.map((cells) => cells[column] ?? null));
      const firstRow = store.streaming.settledRows(table) ?? (await transaction.nextRow(table));
      await transaction.append(table, { rowCount: valid.length, columns });
      transaction.afterCommit(() => store.streaming.add(table, firstRow));
    }
    return { insertErrors, inserted: valid.length };
  });
}

/** First the rows at fault, then those that were stopped because of them. */
function errorsOf(rows: readonly JsonRow[], skipInvalidRows: boolean): object[] {
  const isStopped = !skipInvalidRows && rows.some(({ isOk }) => !isOk);
  const invalidRows: object[] = [];
  const stopped: object[] = [];
  for (const [index, row] of rows.entries()) {
    if (!row.isOk) {
      const errors = row.problems.map((problem) => ({ reason: 'invalid', debugInfo: '', ...problem }));
      invalidRows.push({ index, errors });
    } else if (isStopped) {
      stopped.push({ index, errors: [{ reason: 'stopped', location: '', debugInfo: '', message: '' }] });
    }
  }
  return [...invalidRows, ...stopped];
}

function takeNew(
  table: Table,
  given: readonly GivenRow[],
  rows: readonly JsonRow[],
  insertIds: InsertIds,
  transaction: Transaction,
): (readonly Cell[])[] {
  return rows.flatMap((row, index) => {
    const insertId = given[index]?.insertId ?? '';
    if (!row.isOk) return [];
    if (insertId === '') return [row.cells];
    if (!insertIds.add(table.rowsId, insertId)) return [];
    transaction.afterRollback(() => insertIds.remove(table.rowsId, insertId));
    return [row.cells];
  });
}

/** `tabledata.list`: rows in the order in which they were written. */
async function listRows(request: RestRequest, store: Store): Promise<object> {
  const table = store.catalogue.table(referenceOf(request));
  if (table.view !== undefined) throw invalid('Cannot list a table of type VIEW.');
  const { query } = request;
  const page = readPage(query);
  const total = await countRows(store, table);
  const fields = selectedColumns(table, query.get('selectedFields'));
  const columns = fields.map((field) => ({ name: field.name, type: typeOfColumn(field) }));
  const list = columns.map(({ name }) => quoteName(name)).join(', ');
  const sql = `SELECT ${list} FROM ${rowsOf(table)} LIMIT ${page.size} OFFSET ${page.start}`;
  const timestamps = timestampFormatOf(
    query.get('formatOptions.useInt64Timestamp'),
    query.get('formatOptions.timestampOutputFormat'),
  );
  const rows = columns.length === 0 ? [] : (await store.query({ sql, columns })).rows(0, page.size);
  const shown = rows.map((cells) => toJsonRow(fields, cells, timestamps));
  return { kind: 'bigquery#tableDataList', totalRows: String(total), ...pageRows(shown, page, total) };
}

/** The table's columns, or those of them that `selectedFields` names. */
function selectedColumns({ columns }: Table, selectedFields: string | null): readonly Column[] {
  if (selectedFields === null || selectedFields === '') return columns;
  const names = selectedFields.toLowerCase().split(',');
  return columns.filter(({ name }) => names.includes(name.toLowerCase()));
}
