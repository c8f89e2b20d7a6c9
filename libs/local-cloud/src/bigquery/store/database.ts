import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { availableParallelism } from 'node:os';

import type { TranslatedQuery } from '../sql/context.ts';
import { macros } from '../sql/macros.ts';
import { toQueryError } from './query-error.ts';
import { QueryResult } from './query-result.ts';
import { Transaction } from './transaction.ts';

const layout = [
  'CREATE SCHEMA IF NOT EXISTS meta',
  'CREATE SCHEMA IF NOT EXISTS stored',
  'CREATE TABLE IF NOT EXISTS meta.datasets (project VARCHAR, id VARCHAR, body VARCHAR)',
  'CREATE TABLE IF NOT EXISTS meta.tables (rows_id BIGINT, body VARCHAR)',
  'CREATE TABLE IF NOT EXISTS meta.streams (name VARCHAR, rows_id BIGINT, next_offset BIGINT, is_finalized BOOLEAN, created_micros BIGINT)',
  'CREATE TABLE IF NOT EXISTS meta.routines (name VARCHAR, body VARCHAR)',
  `ALTER TABLE meta.streams ADD COLUMN IF NOT EXISTS type VARCHAR DEFAULT 'COMMITTED'`,
  'ALTER TABLE meta.streams ADD COLUMN IF NOT EXISTS stage_id BIGINT',
  'ALTER TABLE meta.streams ADD COLUMN IF NOT EXISTS flushed_rows BIGINT DEFAULT 0',
  'ALTER TABLE meta.streams ADD COLUMN IF NOT EXISTS committed_micros BIGINT',
];

/** Of a query: an emulator leaves some of a large machine to what it is used by. */
const mostThreads = 4;

/** An open DuckDB database with the tables that keep the catalogue: one writer, and readers as they are needed. */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #writer: DuckDBConnection;
  readonly #readers: DuckDBConnection[] = [];

  private constructor(instance: DuckDBInstance, writer: DuckDBConnection) {
    this.#instance = instance;
    this.#writer = writer;
  }

  /** The database of the file, which is made when it is missing; in memory without a file. */
  static async open(file: string | undefined): Promise<Database> {
    const instance = await DuckDBInstance.create(file ?? ':memory:', {
      threads: String(Math.min(mostThreads, availableParallelism())),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      // Fewer checkpoints while rows stream in, for a start that reads at most this much log.
      checkpoint_threshold: '64MB',
      ...(file !== undefined && { memory_limit: '512MB' }),
    });
    const writer = await instance.connect();
    for (const statement of [...layout, ...macros]) await writer.run(statement);
    return new Database(instance, writer);
  }

  /** One at a time. */
  begin(): Promise<Transaction> {
    return Transaction.begin(this.#writer);
  }

  /** The rows of a table of the catalogue, by column. */
  async stored(
    table: 'datasets' | 'tables' | 'routines' | 'streams',
  ): Promise<Record<string, DuckDBValue>[]> {
    return (await this.#writer.runAndReadAll(`SELECT * FROM meta.${table}`)).getRowObjects();
  }

  /** Runs a translated query to its end. What DuckDB finds wrong with the data is the query's error. */
  async query({ sql, columns }: TranslatedQuery): Promise<QueryResult> {
    const reader = this.#readers.pop() ?? (await this.#newReader());
    try {
      return new QueryResult(columns, await reader.run(sql));
    } catch (error) {
      throw toQueryError(error);
    } finally {
      this.#readers.push(reader);
    }
  }

  close(): void {
    for (const connection of [this.#writer, ...this.#readers]) connection.closeSync();
    this.#instance.closeSync();
  }

  async #newReader(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect();
    for (const macro of macros) await connection.run(macro);
    return connection;
  }
}
