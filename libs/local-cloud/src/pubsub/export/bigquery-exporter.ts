import { status } from '@grpc/grpc-js';
import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { TableSink } from '../../core/table-sink.ts';
import { ConsumedSubscriptions } from '../consumed.ts';
import type { Consumed } from '../consumed.ts';
import type { Runner } from '../runner.ts';
import { invalid, StatusError } from '../status.ts';
import { v1 } from '../wire.ts';
import type { Delivered } from '../wire.ts';
import { neededColumns, normalBigQuery, tableOf } from './bigquery-config.ts';
import { bigQueryRow } from './bigquery-row.ts';

const maxOutstandingMessages = 1000;
const { State } = v1.BigQueryConfig;

/**
 * Writes the messages of BigQuery subscriptions as rows. A message is acknowledged once its row is durable; one that
 * does not fit is given back, so that it is retried and ends with the dead letters where there is a policy for them.
 * A crash between the two writes the row again, as in production.
 */
export class BigQueryExporter {
  readonly #runner: Runner;
  readonly #sink: TableSink;
  readonly #subscriptions: ConsumedSubscriptions;
  readonly #writing = new Set<Promise<void>>();

  constructor(runner: Runner, sink: TableSink) {
    this.#runner = runner;
    this.#sink = sink;
    runner.checkExport = (config) => this.#check(config);
    this.#subscriptions = new ConsumedSubscriptions(runner, {
      isWanted: ({ bigqueryConfig }) => Boolean(bigqueryConfig?.table),
      maxOutstandingMessages,
      deliver: (subscription, messages) => this.#start(this.#write(subscription, messages)),
    });
  }

  /** Resolves when nothing is being written any more. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#writing);
  }

  #start(write: Promise<void>): void {
    this.#writing.add(write);
    void write.finally(() => this.#writing.delete(write));
  }

  /** Throws where production refuses the table at once. */
  #check(config: google.pubsub.v1.IBigQueryConfig): void {
    const normal = normalBigQuery(config);
    if (normal === undefined) return;
    const columns = this.#sink.columnsOf(tableOf(normal));
    if (columns === undefined)
      throw new StatusError(status.NOT_FOUND, `Not found: BigQuery table ${config.table}.`);
    const missing = neededColumns(normal).find((column) => !columns.has(column));
    if (missing !== undefined) {
      throw invalid(
        `Incompatible schema mapping for field '${missing}': the BigQuery table ${config.table} has no such column.`,
      );
    }
  }

  async #write(subscription: Consumed, messages: readonly Delivered[]): Promise<void> {
    const name = subscription.config.name ?? '';
    const config = subscription.config.bigqueryConfig ?? {};
    const isDataBytes = this.#sink.columnsOf(tableOf(config))?.get('data') === 'BYTES';
    const found = messages.map(({ ackId, wire }) => ({
      ackId,
      row: bigQueryRow(name, config, isDataBytes, wire, (schema, revision) =>
        this.#runner.avroDefinition(schema, revision),
      ),
    }));
    const fitting = found.flatMap(({ ackId, row }) => (row === undefined ? [] : [{ ackId, row }]));
    const failed = found.filter(({ row }) => row === undefined).map(({ ackId }) => ackId);
    const problems = await this.#append(
      config,
      fitting.map(({ row }) => row),
    );
    const written: string[] = [];
    for (const [index, { ackId }] of fitting.entries()) {
      if (problems !== undefined && problems[index] === undefined) written.push(ackId);
      else failed.push(ackId);
    }
    const mismatched = failed.length > 0 ? State.SCHEMA_MISMATCH : State.ACTIVE;
    this.#runner.setExportState(name, problems === undefined ? State.NOT_FOUND : mismatched);
    if (written.length > 0) this.#subscriptions.acknowledge(subscription, written);
    if (failed.length > 0) this.#subscriptions.giveBack(subscription, failed);
  }

  async #append(
    config: google.pubsub.v1.IBigQueryConfig,
    rows: Parameters<TableSink['append']>[1],
  ): Promise<readonly (string | undefined)[] | undefined> {
    try {
      return await this.#sink.append(tableOf(config), rows, config.dropUnknownFields ?? false);
    } catch {
      return rows.map(() => 'not written'); // the database failed or is closed: to be delivered again
    }
  }
}
