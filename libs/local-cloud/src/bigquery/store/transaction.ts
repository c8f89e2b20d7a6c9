import type { DuckDBAppender, DuckDBConnection, DuckDBValue } from '@duckdb/node-api';

import type { Table } from '../catalogue/table.ts';
import type { WriteStream } from '../storage/write-stream.ts';
import type { RowBatch } from '../values/cell.ts';
import { toChunks } from './duck-cells.ts';
import { toQueryError } from './query-error.ts';

/** What one transaction does, and what becomes true in memory once it is durable. */
export class Transaction {
  readonly #connection: DuckDBConnection;
  readonly #appenders = new Map<number, DuckDBAppender>();
  readonly #streams = new Map<string, WriteStream>();
  readonly #atEnd: string[] = [];
  readonly #afterCommit: (() => void)[] = [];
  readonly #afterRollback: (() => void)[] = [];

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  static async begin(connection: DuckDBConnection): Promise<Transaction> {
    await connection.run('BEGIN TRANSACTION');
    return new Transaction(connection);
  }

  async sql(statement: string, ...values: DuckDBValue[]): Promise<void> {
    this.#flush();
    await this.#connection.run(statement, values);
  }

  /** Runs a statement that changes rows, and answers how many. What it finds wrong is the statement's error. */
  async change(statement: string): Promise<number> {
    this.#flush();
    try {
      return (await this.#connection.run(statement)).rowsChanged;
    } catch (error) {
      throw toQueryError(error);
    }
  }

  /** Whether the query has any row, as this transaction leaves the tables so far. */
  async finds(query: string): Promise<boolean> {
    this.#flush();
    try {
      return (await this.#connection.runAndReadAll(query)).currentRowCount > 0;
    } catch (error) {
      throw toQueryError(error);
    }
  }

  hasRows({ rowsId }: Table): Promise<boolean> {
    return this.finds(`SELECT 1 FROM stored.t${rowsId} LIMIT 1`);
  }

  /** The number of the row that would be written next, or one below it. */
  async nextRow({ rowsId }: Table): Promise<number> {
    this.#flush();
    const reader = await this.#connection.runAndReadAll(
      `SELECT COALESCE(MAX(rowid) + 1, 0) FROM stored.t${rowsId}`,
    );
    return Number(reader.getRows()[0]?.[0] ?? 0);
  }

  async append(table: Pick<Table, 'rowsId' | 'columns'>, batch: RowBatch): Promise<void> {
    let appender = this.#appenders.get(table.rowsId);
    if (appender === undefined) {
      appender = await this.#connection.createAppender(`t${table.rowsId}`, 'stored');
      this.#appenders.set(table.rowsId, appender);
    }
    for (const chunk of toChunks(table.columns, batch)) appender.appendDataChunk(chunk);
  }

  /** The stream as this transaction leaves it so far; undefined when it has not changed it. */
  changedStream(name: string): WriteStream | undefined {
    return this.#streams.get(name);
  }

  get changedStreams(): readonly WriteStream[] {
    return [...this.#streams.values()];
  }

  changeStream(stream: WriteStream): void {
    this.#streams.set(stream.name, stream);
  }

  /** Runs the statement behind everything else, so that what comes before still reads what it removes. */
  atEnd(statement: string): void {
    this.#atEnd.push(statement);
  }

  afterCommit(change: () => void): void {
    this.#afterCommit.push(change);
  }

  afterRollback(change: () => void): void {
    this.#afterRollback.push(change);
  }

  /** Resolves when everything is durable; it is true in memory after `committed()`. */
  async commit(): Promise<void> {
    this.#flush();
    for (const statement of this.#atEnd) await this.#connection.run(statement);
    for (const { nextOffset, flushedRows, isFinalized, committedMicros, name } of this.#streams.values()) {
      await this.#connection.run(
        'UPDATE meta.streams SET next_offset = $1, flushed_rows = $2, is_finalized = $3, committed_micros = $4 WHERE name = $5',
        [nextOffset, flushedRows, isFinalized, committedMicros ?? null, name],
      );
    }
    await this.#connection.run('COMMIT');
  }

  committed(): void {
    for (const change of this.#afterCommit) change();
  }

  async rollback(): Promise<void> {
    for (const appender of this.#appenders.values()) appender.clear();
    this.#close();
    for (const change of this.#afterRollback) change();
    await this.#connection.run('ROLLBACK').catch(() => undefined);
  }

  #flush(): void {
    for (const appender of this.#appenders.values()) appender.flushSync();
    this.#close();
  }

  #close(): void {
    for (const appender of this.#appenders.values()) appender.closeSync();
    this.#appenders.clear();
  }
}
