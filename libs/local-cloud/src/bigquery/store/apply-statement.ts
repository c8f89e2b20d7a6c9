import { routineName } from '../catalogue/routine.ts';
import { tableName } from '../catalogue/table.ts';
import type { Table } from '../catalogue/table.ts';
import { duplicate, invalidQuery, notFound } from '../errors.ts';
import type { TranslatedQuery } from '../sql/context.ts';
import type { Definition } from '../sql/ddl.ts';
import type { RoutineDefinition, RoutineRemoval } from '../sql/routine.ts';
import type { Change } from '../sql/target.ts';
import { rowsOf } from '../sql/from.ts';
import { columnOfType, quoteName } from '../sql/type.ts';
import { openDestination } from './destination.ts';
import type { Destination } from './destination.ts';
import type { Store } from './store.ts';
import type { Transaction } from './transaction.ts';

/** Runs DML. Rows that were streamed lately cannot be updated, deleted or merged. */
export async function applyChange(
  store: Store,
  transaction: Transaction,
  { table, sql, guards, checks = [], touchesFrom }: Change,
): Promise<{ readonly affectedRows: number }> {
  const settled = store.streaming.settledRows(table);
  if (settled !== undefined && touchesFrom !== undefined && (await transaction.finds(touchesFrom(settled)))) {
    throw invalidQuery(
      `UPDATE or DELETE statement over table ${tableName(table.reference).replace(':', '.')} would affect rows in the streaming buffer, which is not supported`,
    );
  }
  for (const guard of guards) if (await transaction.finds(guard.sql)) throw invalidQuery(guard.message);
  const affectedRows = await transaction.change(sql);
  for (const check of checks) if (await transaction.finds(check.sql)) throw invalidQuery(check.message);
  return { affectedRows };
}

export async function applyDefinition(
  store: Store,
  transaction: Transaction,
  definition: Definition,
  nowMs: number,
): Promise<object> {
  const { reference, isOptional } = definition;
  const existing = store.catalogue.findTable(reference);
  if (!('columns' in definition)) {
    const isThere =
      existing !== undefined && (existing.view !== undefined) === (definition.statementType === 'DROP_VIEW');
    if (isThere) await store.dropTableIn(transaction, existing);
    else if (!isOptional) throw notFound(`Table ${tableName(reference)}`);
    return {};
  }
  const { as, columns, isReplacing } = definition;
  if (existing !== undefined && !isReplacing) {
    if (isOptional) return {};
    throw duplicate(`Table ${tableName(reference)}`);
  }
  const write = 'WRITE_TRUNCATE';
  const destination: Destination = { reference, create: 'CREATE_IF_NEEDED', write, columns };
  const table = await openDestination(store, transaction, destination, nowMs);
  if (as !== undefined) await fill(transaction, table, as);
  return {};
}

/** CREATE FUNCTION and DROP FUNCTION. */
export async function applyRoutine(
  store: Store,
  transaction: Transaction,
  definition: RoutineDefinition | RoutineRemoval,
  nowMs: number,
): Promise<object> {
  if (definition.statementType === 'DROP_FUNCTION') {
    const { routine, isOptional } = definition;
    if (store.catalogue.findRoutine(routine) !== undefined) await store.removeRoutineIn(transaction, routine);
    else if (!isOptional) throw notFound(`Routine ${routineName(routine)}`);
    return {};
  }
  const { routine, isReplacing, isOptional } = definition;
  const existing = store.catalogue.findRoutine(routine.reference);
  if (existing !== undefined && !isReplacing) {
    if (isOptional) return {};
    throw duplicate(`Routine ${routineName(routine.reference)}`);
  }
  const createdAtMs = existing?.createdAtMs ?? nowMs;
  await store.putRoutineIn(transaction, { ...routine, createdAtMs, modifiedAtMs: nowMs });
  return {};
}

const shape = ({ columns }: Pick<Table, 'columns'>): string =>
  JSON.stringify(
    columns.map(({ name, type, mode, fields }) => ({ name, type, isArray: mode === 'REPEATED', fields })),
  );

/** Stores the rows of a query in its destination table. */
export async function writeQuery(
  store: Store,
  query: TranslatedQuery,
  destination: Omit<Destination, 'columns'>,
  nowMs: number,
): Promise<void> {
  await store.writes.submit(async (transaction) => {
    const columns = query.columns.map(({ name, type }) => columnOfType(name, type));
    const table = await openDestination(store, transaction, { ...destination, columns }, nowMs);
    if (shape(table) !== shape({ columns })) {
      throw invalidQuery(`Provided Schema does not match Table ${tableName(table.reference)}.`);
    }
    await fill(transaction, table, query);
  });
}

async function fill(transaction: Transaction, table: Table, { sql }: TranslatedQuery): Promise<void> {
  const names = table.columns.map(({ name }) => quoteName(name)).join(', ');
  await transaction.change(`INSERT INTO ${rowsOf(table)} (${names}) ${sql}`);
}
