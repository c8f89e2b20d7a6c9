import type { DuckDBAppender, DuckDBConnection, DuckDBValue } from '@duckdb/node-api';

import type { Table } from '../catalogue/table.ts';
import type { WriteStream } from '../storage/write-stream.ts';
import type { RowBatch } from '../values/cell.ts';
import { toChunks } from './duck-cells.ts';
import { toQueryError } from './query-error.ts';

/** How many works one transaction takes at most. */
const maxGroup = 64;

/**
 * A change to the store. It may be run twice, the first time undone: it changes nothing but by the transaction.
 */
export type Work<T> = (transaction: Transaction) => T | Promise<T>;

/** The one writer of the database. Works commit in order; those that wait together commit together. */
export class WriteQueue {
  readonly #connection: DuckDBConnection;
  readonly #waiting: {
    readonly run: (transaction: Transaction) => Promise<void>;
    readonly settle: Settle;
  }[] = [];
  #draining: Promise<void> | undefined;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Resolves when the work is durable. */
  submit<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let result: T;
      this.#waiting.push({
        run: async (transaction) => {
          result = await work(transaction);
        },
        settle: { resolve: () => resolve(result), reject },
      });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    // Works submitted in one turn of the event loop share a transaction.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, maxGroup);
      const failure = await this.#commit(group.map(({ run }) => run));
      if (failure === undefined) for (const { settle } of group) settle.resolve();
      else await this.#commitOneByOne(group, failure);
    }
    this.#draining = undefined;
  }

  async #commitOneByOne(
    group: readonly { readonly run: (transaction: Transaction) => Promise<void>; readonly settle: Settle }[],
    failure: Failure,
  ): Promise<void> {
    for (const { run, settle } of group) {
      const again = group.length === 1 ? failure : await this.#commit([run]);
      if (again === undefined) settle.resolve();
      else settle.reject(again.reason);
    }
  }

  async #commit(
    runs: readonly ((transaction: Transaction) => Promise<void>)[],
  ): Promise<Failure | undefined> {
    const transaction = new Transaction(this.#connection);
    try {
      await this.#connection.run('BEGIN TRANSACTION');
      for (const run of runs) await run(transaction);
      await transaction.finish();
      await this.#connection.run('COMMIT');
    } catch (reason) {
      transaction.abandon();
      await this.#connection.run('ROLLBACK').catch(() => undefined);
      return { reason };
    }
    transaction.committed();
    return undefined;
  }
}

interface Settle {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

interface Failure {
  readonly reason: unknown;
}

/** What one transaction does, and what becomes true in memory once it is durable. */
export class Transaction {
  readonly #connection: DuckDBConnection;
  readonly #appenders = new Map<number, DuckDBAppender>();
  readonly #streams = new Map<string, WriteStream>();
  readonly #atEnd: string[] = [];
  readonly #afterCommit: (() => void)[] = [];
  readonly #afterRollback: (() => void)[] = [];

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
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

  async finish(): Promise<void> {
    this.#flush();
    for (const statement of this.#atEnd) await this.#connection.run(statement);
    for (const { nextOffset, flushedRows, isFinalized, committedMicros, name } of this.#streams.values()) {
      await this.#connection.run(
        'UPDATE meta.streams SET next_offset = $1, flushed_rows = $2, is_finalized = $3, committed_micros = $4 WHERE name = $5',
        [nextOffset, flushedRows, isFinalized, committedMicros ?? null, name],
      );
    }
  }

  abandon(): void {
    for (const appender of this.#appenders.values()) appender.clear();
    this.#close();
    for (const change of this.#afterRollback) change();
  }

  committed(): void {
    for (const change of this.#afterCommit) change();
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
