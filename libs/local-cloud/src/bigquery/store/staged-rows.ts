import type { Column } from '../catalogue/column.ts';
import type { Table } from '../catalogue/table.ts';
import { duckType, quoteName, typeOfColumn } from '../sql/type.ts';
import type { RowBatch } from '../values/cell.ts';
import type { Transaction } from './transaction.ts';

/** No column of a table can have this name. */
const offsetColumn: Column = { name: '#offset', type: 'INT64', mode: 'NULLABLE' };

/** Where rows of a pending or buffered stream are until they become rows of the table. */
export const stageOf = (stageId: number): string => `stored.t${stageId}`;

export const columnSql = (column: Column): string =>
  `${quoteName(column.name)} ${duckType(typeOfColumn(column))}`;

export async function createStage(transaction: Transaction, table: Table, stageId: number): Promise<void> {
  const columns = [offsetColumn, ...table.columns].map(columnSql);
  await transaction.sql(`CREATE TABLE ${stageOf(stageId)} (${columns.join(', ')})`);
}

/** Keeps rows with their offsets in the stream, the first of them `offset`. */
export async function appendToStage(
  transaction: Transaction,
  table: Table,
  stageId: number,
  { rowCount, columns }: RowBatch,
  offset: bigint,
): Promise<void> {
  const offsets = Array.from({ length: rowCount }, (_, index) => offset + BigInt(index));
  const stage = { rowsId: stageId, columns: [offsetColumn, ...table.columns] };
  await transaction.append(stage, { rowCount, columns: [offsets, ...columns] });
}

/** Makes the rows below `end` rows of the table, in the order of their offsets. */
export async function releaseRows(
  transaction: Transaction,
  table: Table,
  stageId: number,
  end: bigint,
): Promise<void> {
  const stage = stageOf(stageId);
  const where = `WHERE ${quoteName(offsetColumn.name)} < ${end}`;
  const names = table.columns.map(({ name }) => quoteName(name)).join(', ');
  if (names === '') return;
  await transaction.sql(
    `INSERT INTO stored.t${table.rowsId} (${names}) SELECT ${names} FROM ${stage} ${where} ORDER BY ${quoteName(offsetColumn.name)}`,
  );
  await transaction.sql(`DELETE FROM ${stage} ${where}`);
}
