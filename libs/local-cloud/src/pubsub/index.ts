import type { RunningServer, ServerOptions } from '../core/server.ts';
import { memoryLog, openDurableLog } from '../log/durable-log.ts';
import type { OpenedLog } from '../log/durable-log.ts';
import { GrpcShell } from './grpc-shell.ts';
import { restore } from './restore.ts';
import { Runner } from './runner.ts';

/**
 * Starts Google Cloud Pub/Sub's Publisher and Subscriber services on 127.0.0.1.
 *
 * With `dataDir`, topics, subscriptions, published messages and acknowledgements outlive a kill once they are
 * answered; what was not acknowledged is redelivered after a restart, with delivery attempts counted anew.
 *
 * Not supported, and refused with UNIMPLEMENTED: snapshots, schemas, push and export subscriptions, exactly-once
 * delivery, retention by a topic or of acknowledged messages, detaching, IAM. Idle subscriptions do not expire.
 */
export async function startPubSub(options: ServerOptions): Promise<RunningServer> {
  const { log, snapshot, records } = await openLog(options.dataDir);
  const state = restore(snapshot, records, Number(options.clock.nowMicros()));
  const runner = new Runner(state, log, snapshot?.length ?? 0, options);
  const shell = new GrpcShell(runner);
  const port = await shell.listen(options.port).catch(async (error: unknown) => {
    await runner.stop();
    throw error;
  });
  return {
    port,
    async close() {
      const closed = shell.close();
      runner.endConsumers(new Error('the server is shutting down'));
      await closed;
      await runner.stop();
    },
  };
}

function openLog(dataDir: string | undefined): OpenedLog | Promise<OpenedLog> {
  if (dataDir !== undefined) return openDurableLog(dataDir, 'pubsub');
  return { log: memoryLog(), snapshot: undefined, records: [] };
}
