import { openDurableLog } from '../log/durable-log.ts';
import { GrpcShell } from './grpc-shell.ts';
import { FirestoreMachine } from './machine.ts';
import type { RunningServer, ServerOptions } from '../core/server.ts';
import type { IndexFile } from './indexes/index-file.ts';
import type { MissingIndex } from './indexes/missing-indexes.ts';

export { indexFileOf } from './indexes/missing-indexes.ts';
export type { MissingIndex } from './indexes/missing-indexes.ts';
export type { CompositeIndex, FieldOverride, IndexFile, VectorConfig } from './indexes/index-file.ts';

export interface FirestoreOptions extends ServerOptions {
  /**
   * firestore.indexes.json, parsed: a query without its index is refused. Undefined or `off` answers every query, and
   * notes those that would need a definition.
   */
  readonly indexes?: IndexFile | 'off';
  /** How transactions keep apart; pessimistic, as production's Standard edition, unless given. */
  readonly concurrency?: 'pessimistic' | 'optimistic';
}

export interface RunningFirestore extends RunningServer {
  /** The definitions that queries lacked since the start, each with how many lacked it. */
  readonly missingIndexes: readonly MissingIndex[];
}

/**
 * Serves google.firestore.v1 on 127.0.0.1 for Google's clients with FIRESTORE_EMULATOR_HOST, for any project and
 * database. With a data directory every acknowledged commit survives a crash.
 */
export async function startFirestore(options: FirestoreOptions): Promise<RunningFirestore> {
  const { clock, concurrency, dataDir, indexes, meter, port, traffic } = options;
  const machine = new FirestoreMachine(
    { indexes: indexes === 'off' ? undefined : indexes, ...(concurrency && { concurrency }) },
    clock.nowMicros(),
  );
  const opened = dataDir === undefined ? undefined : await openDurableLog(dataDir, 'firestore');
  if (opened !== undefined) machine.restore(opened.snapshot, opened.records);
  const shell = new GrpcShell(machine, opened?.log, opened?.snapshot?.length ?? 0, clock, meter, traffic);
  try {
    await shell.listen(port);
  } catch (error) {
    await opened?.log.close();
    throw error;
  }
  return shell;
}
