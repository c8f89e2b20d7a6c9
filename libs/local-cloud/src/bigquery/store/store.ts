import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { DuckDBValue } from '@duckdb/node-api';

import type { CloudClock } from '../../core/clock.ts';
import { Catalogue, restoreDataset } from '../catalogue/catalogue.ts';
import type { Dataset } from '../catalogue/catalogue.ts';
import { restoreRoutine, routineName } from '../catalogue/routine.ts';
import type { Routine, RoutineReference } from '../catalogue/routine.ts';
import { restoreTable, storedTable, tableName, withExpiration } from '../catalogue/table.ts';
import type { Table } from '../catalogue/table.ts';
import { BigQueryError, notFound } from '../errors.ts';
import type { TranslatedQuery } from '../sql/context.ts';
import { commitRefusal } from '../storage/write-stream.ts';
import type { CommitRefusal, WriteStream } from '../storage/write-stream.ts';
import type { Database } from './database.ts';
import type { QueryResult } from './query-result.ts';
import { deleteExpired } from './expired-partitions.ts';
import { columnSql, createStage, releaseRows } from './staged-rows.ts';
import { StreamingBuffer } from './streaming-buffer.ts';
import type { Transaction } from './transaction.ts';
import { WriteQueue } from './write-queue.ts';

/**
 * Datasets, tables, their rows and the offsets of write streams, in one DuckDB database. A change is durable when
 * its promise resolves, and readers see it from then on; without a directory it is only in memory. A new database is
 * opened by what first needs it: loading DuckDB costs 0.2 s and 50 MB.
 */
export class Store {
  readonly catalogue: Catalogue;
  /** By name. Holds only what is committed. */
  readonly streams = new Map<string, WriteStream>();
  readonly writes: WriteQueue;
  readonly streaming: StreamingBuffer;
  readonly #file: string | undefined;
  readonly #nowMs: () => number;
  readonly #newTableMs: number;
  #opening: Promise<Database> | undefined;
  #lastRowsId = 0;

  private constructor(file: string | undefined, clock: CloudClock, newTableMs: number) {
    this.#newTableMs = newTableMs;
    this.#file = file;
    this.writes = new WriteQueue(() => this.#begin());
    this.streaming = new StreamingBuffer(clock);
    this.#nowMs = () => Number(clock.nowMicros() / 1000n);
    this.catalogue = new Catalogue(this.#nowMs);
  }

  static async open(dataDir: string | undefined, clock: CloudClock, newTableMs = 0): Promise<Store> {
    if (dataDir !== undefined) await mkdir(dataDir, { recursive: true });
    const file = dataDir === undefined ? undefined : join(dataDir, 'bigquery.duckdb');
    const store = new Store(file, clock, newTableMs);
    if (file !== undefined && (await exists(file))) await store.#load();
    return store;
  }

  /** The table, to stream rows into: one that is still too new is not found. */
  streamingTarget(reference: Table['reference']): Table {
    const table = this.catalogue.table(reference);
    if (this.#nowMs() - table.createdAtMs < this.#newTableMs) throw notFound(`Table ${tableName(reference)}`);
    return table;
  }

  newRowsId(): number {
    this.#lastRowsId += 1;
    return this.#lastRowsId;
  }

  createDataset(dataset: Dataset): Promise<void> {
    return this.writes.submit(async (transaction) => {
      this.catalogue.requireNewDataset(dataset.project, dataset.id);
      const { project, id } = dataset;
      await transaction.sql(
        'INSERT INTO meta.datasets VALUES ($1, $2, $3)',
        project,
        id,
        JSON.stringify(dataset),
      );
      transaction.afterCommit(() => this.catalogue.putDataset(dataset));
    });
  }

  patchDataset(project: string, id: string, patch: (dataset: Dataset) => Dataset): Promise<Dataset> {
    return this.writes.submit(async (transaction) => {
      const dataset = patch(this.catalogue.dataset(project, id));
      await transaction.sql(
        'UPDATE meta.datasets SET body = $1 WHERE project = $2 AND id = $3',
        JSON.stringify(dataset),
        project,
        id,
      );
      transaction.afterCommit(() => this.catalogue.putDataset(dataset));
      return dataset;
    });
  }

  deleteDataset(project: string, id: string, withTables: boolean): Promise<void> {
    return this.writes.submit(async (transaction) => {
      this.catalogue.dataset(project, id);
      const tables = this.catalogue.tables(project, id);
      const routines = this.catalogue.routines(project, id);
      if (tables.length + routines.length > 0 && !withTables) {
        throw new BigQueryError(400, 'resourceInUse', `Dataset ${project}:${id} is still in use`);
      }
      for (const table of tables) await this.dropTableIn(transaction, table);
      for (const { reference } of routines) await this.removeRoutineIn(transaction, reference);
      await transaction.sql('DELETE FROM meta.datasets WHERE project = $1 AND id = $2', project, id);
      transaction.afterCommit(() => this.catalogue.removeDataset(project, id));
    });
  }

  createTable(table: Table): Promise<Table> {
    return this.writes.submit((transaction) => {
      this.catalogue.requireNewTable(table.reference);
      return this.createTableIn(transaction, table);
    });
  }

  /** Makes the table, with its dataset's default expiration; what has expired goes. */
  async createTableIn(transaction: Transaction, given: Table): Promise<Table> {
    for (const expired of this.catalogue.expired()) await this.dropTableIn(transaction, expired);
    const { project, dataset } = given.reference;
    const { settings } = this.catalogue.dataset(project, dataset);
    const table = withExpiration(given, settings, this.#nowMs());
    const columns = table.columns.map(columnSql);
    // DuckDB has no table without columns; this one is never written to.
    await transaction.sql(`CREATE TABLE stored.t${table.rowsId} (${columns.join(', ') || '_empty BOOLEAN'})`);
    await transaction.sql(
      'INSERT INTO meta.tables VALUES ($1, $2)',
      BigInt(table.rowsId),
      JSON.stringify(table),
    );
    transaction.afterCommit(() => this.catalogue.putTable(table));
    return table;
  }

  patchTable(reference: Table['reference'], patch: (table: Table) => Table): Promise<Table> {
    return this.writes.submit((transaction) => {
      const before = this.catalogue.table(reference);
      return this.patchTableIn(transaction, before, patch(before));
    });
  }

  async patchTableIn(transaction: Transaction, before: Table, table: Table): Promise<Table> {
    for (const column of table.columns.slice(before.columns.length)) {
      for (const rowsId of [table.rowsId, ...this.#stagesOf(table, transaction)]) {
        await transaction.sql(`ALTER TABLE stored.t${rowsId} ADD COLUMN ${columnSql(column)}`);
      }
    }
    if (before.columns.length === 0 && table.columns.length > 0) {
      await transaction.sql(`ALTER TABLE stored.t${table.rowsId} DROP COLUMN _empty`);
    }
    const body = storedTable(table);
    await transaction.sql('UPDATE meta.tables SET body = $1 WHERE rows_id = $2', body, BigInt(table.rowsId));
    transaction.afterCommit(() => this.catalogue.putTable(table));
    return table;
  }

  deleteTable(reference: Table['reference']): Promise<void> {
    return this.writes.submit((transaction) =>
      this.dropTableIn(transaction, this.catalogue.table(reference)),
    );
  }

  /** Makes the routine or replaces the one of its name. */
  async putRoutineIn(transaction: Transaction, routine: Routine): Promise<void> {
    const name = routineName(routine.reference);
    await transaction.sql('DELETE FROM meta.routines WHERE name = $1', name);
    await transaction.sql('INSERT INTO meta.routines VALUES ($1, $2)', name, JSON.stringify(routine));
    transaction.afterCommit(() => this.catalogue.putRoutine(routine));
  }

  async removeRoutineIn(transaction: Transaction, reference: RoutineReference): Promise<void> {
    await transaction.sql('DELETE FROM meta.routines WHERE name = $1', routineName(reference));
    transaction.afterCommit(() => this.catalogue.removeRoutine(reference));
  }

  /** A stream without rows, to the table of that name. */
  createStream(
    reference: Table['reference'],
    { name, type, createdMicros }: Pick<WriteStream, 'name' | 'type' | 'createdMicros'>,
  ): Promise<WriteStream> {
    return this.writes.submit(async (transaction) => {
      const table = this.catalogue.table(reference);
      const stageId = type === 'COMMITTED' ? undefined : this.newRowsId();
      if (stageId !== undefined) await createStage(transaction, table, stageId);
      await transaction.sql(
        'INSERT INTO meta.streams (name, rows_id, next_offset, is_finalized, created_micros, type, stage_id) VALUES ($1, $2, 0, FALSE, $3, $4, $5)',
        name,
        BigInt(table.rowsId),
        createdMicros,
        type,
        stageId === undefined ? null : BigInt(stageId),
      );
      const stream: WriteStream = {
        name,
        type,
        stageId,
        createdMicros,
        rowsId: table.rowsId,
        nextOffset: 0n,
        flushedRows: 0n,
        isFinalized: false,
        committedMicros: undefined,
      };
      this.changeStream(stream, transaction);
      return stream;
    });
  }

  /** Resolves to the number of rows in the stream, which takes no more. */
  finalizeStream(name: string): Promise<bigint> {
    return this.writes.submit((transaction) => {
      const stream = this.stream(name, transaction);
      if (stream === undefined) return 0n;
      this.changeStream({ ...stream, isFinalized: true }, transaction);
      return stream.nextOffset;
    });
  }

  /** Makes all rows of the streams rows of the table together, or says of each stream at fault why not. */
  commitStreams(
    table: Table['reference'],
    names: readonly string[],
    nowMicros: bigint,
  ): Promise<readonly CommitRefusal[]> {
    return this.writes.submit(async (transaction) => {
      const target = this.catalogue.table(table);
      const streams = [...new Set(names)].map((name) => {
        const stream = this.stream(name, transaction);
        return { name, stream: stream?.rowsId === target.rowsId ? stream : undefined };
      });
      const refusals = streams.flatMap(({ name, stream }) => commitRefusal(name, stream) ?? []);
      if (refusals.length > 0) return refusals;
      for (const { stream } of streams) {
        if (stream?.stageId === undefined) continue;
        await releaseRows(transaction, target, stream.stageId, stream.nextOffset);
        this.changeStream({ ...stream, committedMicros: nowMicros }, transaction);
      }
      return [];
    });
  }

  /** Makes rows of a buffered stream below `end` rows of its table; rows that are it already stay. */
  flushStream(
    table: Table['reference'],
    { name }: WriteStream,
    end: bigint,
  ): Promise<'FLUSHED' | 'BEYOND_END'> {
    return this.writes.submit(async (transaction) => {
      const target = this.catalogue.table(table);
      const stream = this.stream(name, transaction);
      if (stream?.stageId === undefined || end > stream.nextOffset) return 'BEYOND_END';
      if (end > stream.flushedRows) {
        await releaseRows(transaction, target, stream.stageId, end);
        this.changeStream({ ...stream, flushedRows: end }, transaction);
      }
      return 'FLUSHED';
    });
  }

  /** The stream as the transaction leaves it so far. */
  stream(name: string, transaction: Transaction): WriteStream | undefined {
    return transaction.changedStream(name) ?? this.streams.get(name);
  }

  changeStream(stream: WriteStream, transaction: Transaction): void {
    transaction.changeStream(stream);
    transaction.afterCommit(() => this.streams.set(stream.name, stream));
  }

  /** Runs a translated query to its end. What DuckDB finds wrong with the data is the query's error. */
  async query(query: TranslatedQuery): Promise<QueryResult> {
    if (this.catalogue.withExpiringPartitions().length > 0) await this.writes.submit(() => undefined);
    return (await this.#database()).query(query);
  }

  async close(): Promise<void> {
    await this.writes.idle();
    (await this.#opening)?.close();
  }

  /** A transaction that finds no row of an expired partition. */
  async #begin(): Promise<Transaction> {
    const transaction = await (await this.#database()).begin();
    try {
      for (const table of this.catalogue.withExpiringPartitions()) {
        const statement = deleteExpired(table, this.#nowMs());
        if (statement !== undefined) await transaction.sql(statement);
      }
      return transaction;
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
  }

  /** Opens it once; after a failure the next call tries again. */
  #database(): Promise<Database> {
    this.#opening ??= openDatabase(this.#file).catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async dropTableIn(transaction: Transaction, table: Table): Promise<void> {
    for (const rowsId of [table.rowsId, ...this.#stagesOf(table, transaction)]) {
      transaction.atEnd(`DROP TABLE stored.t${rowsId}`);
    }
    await transaction.sql('DELETE FROM meta.tables WHERE rows_id = $1', BigInt(table.rowsId));
    await transaction.sql('DELETE FROM meta.streams WHERE rows_id = $1', BigInt(table.rowsId));
    transaction.afterCommit(() => {
      this.catalogue.removeTable(table.reference);
      for (const { name, rowsId } of this.streams.values()) {
        if (rowsId === table.rowsId) this.streams.delete(name);
      }
    });
  }

  /** Of the table's pending and buffered streams. */
  #stagesOf({ rowsId }: Table, transaction: Transaction): Set<number> {
    const streams = [...this.streams.values(), ...transaction.changedStreams];
    return new Set(
      streams.flatMap((stream) =>
        stream.rowsId === rowsId && stream.stageId !== undefined ? [stream.stageId] : [],
      ),
    );
  }

  async #load(): Promise<void> {
    const database = await this.#database();
    for (const { body } of await database.stored('datasets')) {
      this.catalogue.putDataset(restoreDataset(String(body)));
    }
    for (const { body } of await database.stored('tables')) {
      const table = restoreTable(String(body));
      this.catalogue.putTable(table);
      this.#lastRowsId = Math.max(this.#lastRowsId, table.rowsId);
    }
    for (const { body } of await database.stored('routines')) {
      this.catalogue.putRoutine(restoreRoutine(String(body)));
    }
    for (const row of await database.stored('streams')) {
      const stream = restoreStream(row);
      this.streams.set(stream.name, stream);
      this.#lastRowsId = Math.max(this.#lastRowsId, stream.stageId ?? 0);
    }
  }
}

async function openDatabase(file: string | undefined): Promise<Database> {
  const { Database } = await import('./database.ts');
  return Database.open(file);
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function restoreStream(row: Readonly<Record<string, DuckDBValue>>): WriteStream {
  const integer = (key: string): bigint => BigInt(String(row[key]));
  const type = row['type'];
  if (type !== 'COMMITTED' && type !== 'PENDING' && type !== 'BUFFERED') {
    throw new Error(`unknown type of write stream: ${String(type)}`);
  }
  return {
    name: String(row['name']),
    rowsId: Number(row['rows_id']),
    type,
    stageId: row['stage_id'] === null ? undefined : Number(row['stage_id']),
    nextOffset: integer('next_offset'),
    flushedRows: integer('flushed_rows'),
    isFinalized: row['is_finalized'] === true,
    committedMicros: row['committed_micros'] === null ? undefined : integer('committed_micros'),
    createdMicros: integer('created_micros'),
  };
}
