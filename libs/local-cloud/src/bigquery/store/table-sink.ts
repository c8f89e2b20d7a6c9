import type { TableSink } from '../../core/table-sink.ts';
import { BigQueryError } from '../errors.ts';
import { readJsonRow } from '../values/json-row.ts';
import type { Store } from './store.ts';

/** Lets another server of this process write rows, as its own Storage Write would. */
export function tableSink(store: Store): TableSink {
  return {
    columnsOf(name) {
      try {
        const { columns } = store.catalogue.table(name);
        return new Map(columns.map((column) => [column.name.toLowerCase(), column.type]));
      } catch (error) {
        if (error instanceof BigQueryError) return undefined;
        throw error;
      }
    },
    async append(name, rows, dropUnknownFields) {
      try {
        return await store.writes.submit(async (transaction) => {
          const table = store.catalogue.table(name);
          if (table.view !== undefined) return undefined;
          const read = rows.map((json) => readJsonRow(table.columns, json, dropUnknownFields));
          const valid = read.flatMap((row) => (row.isOk ? [row.cells] : []));
          if (valid.length > 0) {
            const columns = table.columns.map((_, column) => valid.map((cells) => cells[column] ?? null));
            await transaction.append(table, { rowCount: valid.length, columns });
          }
          return read.map((row) =>
            row.isOk ? undefined : row.problems.map(({ message }) => message).join(' '),
          );
        });
      } catch (error) {
        if (error instanceof BigQueryError && error.code === 404) return undefined;
        throw error;
      }
    },
  };
}
