import type { RunningServer, ServerOptions } from '../core/server.ts';
import { memoryLog, openDurableLog } from '../log/durable-log.ts';
import type { OpenedLog } from '../log/durable-log.ts';
import type { TableSink } from '../core/table-sink.ts';
import { BigQueryExporter } from './export/bigquery-exporter.ts';
import { GrpcShell } from './grpc-shell.ts';
import { Pusher } from './push/pusher.ts';
import { restore } from './restore.ts';
import { Runner } from './runner.ts';

export interface PubSubOptions extends ServerOptions {
  /** Where BigQuery subscriptions write; without it they are refused. */
  readonly tables?: TableSink;
}

/**
 * Starts Google Cloud Pub/Sub's Publisher, Subscriber and Schema services on 127.0.0.1.
 *
 * With `dataDir`, topics, subscriptions, published messages and acknowledgements outlive a kill once they are
 * answered; what was not acknowledged is redelivered after a restart, with delivery attempts counted anew.
 *
 * Messages are pushed to endpoints on this machine only. Policies of IAM are kept, not enforced. After a restart, an
 * idle subscription's time to live counts anew. Not supported, and refused with UNIMPLEMENTED: Cloud Storage and Bigtable subscriptions,
 * ingestion, message transforms, customer-managed keys.
 */
export async function startPubSub(options: PubSubOptions): Promise<RunningServer> {
  const { log, snapshot, records } = await openLog(options.dataDir);
  const state = restore(snapshot, records, Number(options.clock.nowMicros()));
  const runner = new Runner(state, log, snapshot?.length ?? 0, options);
  const shell = new GrpcShell(runner, options.traffic);
  const pusher = new Pusher(runner);
  const exporter = options.tables && new BigQueryExporter(runner, options.tables);
  const port = await shell.listen(options.port).catch(async (error: unknown) => {
    pusher.close();
    await runner.stop();
    throw error;
  });
  return {
    port,
    async close() {
      const closed = shell.close();
      pusher.close();
      runner.endConsumers(new Error('the server is shutting down'));
      await closed;
      await exporter?.close();
      await runner.stop();
    },
  };
}

function openLog(dataDir: string | undefined): OpenedLog | Promise<OpenedLog> {
  if (dataDir !== undefined) return openDurableLog(dataDir, 'pubsub');
  return { log: memoryLog(), snapshot: undefined, records: [] };
}
