import type { CloudClock } from '../../core/clock.ts';
import { patchTable, readTable, replaceTable, toTableResource, withColumns } from '../catalogue/table.ts';
import type { Table, TableReference } from '../catalogue/table.ts';
import { invalid } from '../errors.ts';
import { objectOf } from '../json.ts';
import type { Store } from '../store/store.ts';
import { translateStatement } from '../sql/statement.ts';
import { columnOfType, typed } from '../sql/type.ts';
import { rowsOf } from '../sql/from.ts';
import { etagOf, requireMatch } from './etag.ts';
import { pageOf } from './route.ts';
import type { RestRequest, Route } from './route.ts';

export const referenceOf = ({ path }: RestRequest): TableReference => ({
  project: path('project'),
  dataset: path('dataset'),
  table: path('table'),
});

export function tableRoutes(store: Store, clock: CloudClock): Route[] {
  const nowMs = (): number => Number(clock.nowMicros() / 1000n);
  const all = '/projects/{project}/datasets/{dataset}/tables';
  const one = `${all}/{table}`;
  const show = (table: Table, rowCount?: number): object => ({
    ...toTableResource(
      table,
      store.catalogue.dataset(table.reference.project, table.reference.dataset).location,
      rowCount,
    ),
    etag: etagOf(table),
  });
  const change = async (request: RestRequest, next: (table: Table) => Table): Promise<object> => {
    const changed = await store.patchTable(referenceOf(request), (table) => {
      requireMatch(request, etagOf(table));
      return next(table);
    });
    return show(changed, await countRows(store, changed));
  };
  return [
    {
      method: 'POST',
      pattern: all,
      handle: async ({ path, body }) => {
        const { tableId } = objectOf(body['tableReference']);
        if (typeof tableId !== 'string' || !/^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd} ]{1,1024}$/u.test(tableId)) {
          throw invalid(`Invalid table ID "${String(tableId)}"`);
        }
        const reference = { project: path('project'), dataset: path('dataset'), table: tableId };
        const given = readTable(reference, body, store.newRowsId(), nowMs());
        const table = await store.createTable(await withViewColumns(store, given, clock.nowMicros()));
        return show(table, 0);
      },
    },
    {
      method: 'GET',
      pattern: all,
      handle: ({ path, query }) => {
        const [project, dataset] = [path('project'), path('dataset')];
        store.catalogue.dataset(project, dataset);
        const tables = store.catalogue.tables(project, dataset);
        const { items, nextPageToken } = pageOf(tables, query);
        const listed = items.map((table) => ({ ...show(table), schema: undefined }));
        return { kind: 'bigquery#tableList', tables: listed, nextPageToken, totalItems: tables.length };
      },
    },
    {
      method: 'GET',
      pattern: one,
      handle: async (request) => {
        const table = store.catalogue.table(referenceOf(request));
        const shown = show(table, await countRows(store, table));
        return request.query.get('view') === 'BASIC'
          ? { ...shown, numRows: undefined, numBytes: undefined, lastModifiedTime: undefined }
          : shown;
      },
    },
    {
      method: 'PATCH',
      pattern: one,
      handle: (request) => change(request, (table) => patchTable(table, request.body, nowMs())),
    },
    {
      method: 'PUT',
      pattern: one,
      handle: (request) => change(request, (table) => replaceTable(table, request.body, nowMs())),
    },
    {
      method: 'DELETE',
      pattern: one,
      handle: async (request) => {
        await store.deleteTable(referenceOf(request));
        return undefined;
      },
    },
  ];
}

/** A view has the columns of its query. */
async function withViewColumns(store: Store, table: Table, nowMicros: bigint): Promise<Table> {
  if (table.view === undefined) return table;
  const { project } = table.reference;
  const { columns } = await translateStatement(table.view, {
    catalogue: store.catalogue,
    project,
    nowMicros,
  });
  return withColumns(
    table,
    columns.map(({ name, type }) => columnOfType(name, type)),
  );
}

export async function countRows(store: Store, table: Table): Promise<number> {
  if (table.view !== undefined) return 0;
  const { type } = typed('INT64', '');
  const result = await store.query({
    sql: `SELECT COUNT(*) FROM ${rowsOf(table)}`,
    columns: [{ name: 'n', type }],
  });
  return Number(result.rows(0, 1)[0]?.[0] ?? 0);
}
