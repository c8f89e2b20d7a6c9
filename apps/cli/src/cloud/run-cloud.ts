import { readIndexFile, startCloud } from '@bellwether/local-cloud';
import { InputError } from '../input-error.ts';
import { userPath } from '../processes/entry.ts';
import { stopRequested } from '../processes/stop-requested.ts';
import { refuseRunning, sayRunning } from '../stored/running-system.ts';
import { wholeNumber } from '../whole-number.ts';
import { ownChannelKeys } from './own-channel-keys.ts';
import { keepHeapSmall } from './small-heap.ts';

const yearMs = 365 * 86_400_000;

export interface CloudCommandOptions {
  readonly pubsubPort: string;
  readonly firestorePort: string;
  readonly bigqueryPort: string;
  readonly bigqueryStoragePort: string;
  readonly discordPort: string;
  readonly opsPort: string;
  readonly dataDir?: string;
  /** The index file that queries are held to; `off`, as without it, answers them all. */
  readonly indexes?: string;
  /** How old a table must be before rows can be streamed into it. */
  readonly bigqueryNewTableMs: string;
  readonly discordLimits: boolean;
  readonly project: string;
}

/** The local cloud alone: one JSON line when it is ready, then it serves until it is told to stop. */
export async function runCloud(options: CloudCommandOptions): Promise<void> {
  const stop = stopRequested();
  const { indexes = 'off' } = options;
  const indexesFile = indexes === 'off' ? undefined : userPath(indexes);
  if (indexesFile !== undefined) await checkIndexes(indexesFile);
  const dataDir = options.dataDir === undefined ? undefined : userPath(options.dataDir);
  if (dataDir !== undefined) refuseRunning(dataDir);
  const cloud = await startCloud({
    ports: {
      pubsub: wholeNumber('--pubsub-port', options.pubsubPort, 0, 65_535),
      firestore: wholeNumber('--firestore-port', options.firestorePort, 0, 65_535),
      bigquery: wholeNumber('--bigquery-port', options.bigqueryPort, 0, 65_535),
      bigqueryStorage: wholeNumber('--bigquery-storage-port', options.bigqueryStoragePort, 0, 65_535),
      discord: wholeNumber('--discord-port', options.discordPort, 0, 65_535),
      ops: wholeNumber('--ops-port', options.opsPort, 0, 65_535),
    },
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(indexesFile === undefined ? {} : { indexesFile }),
    bigqueryNewTableMs: wholeNumber('--bigquery-new-table-ms', options.bigqueryNewTableMs, 0, yearMs),
    discordRateLimits: options.discordLimits,
    project: options.project,
  });
  keepHeapSmall();
  const { hosts, faultToken } = cloud;
  const environment = { ...cloud.environment, ...ownChannelKeys(dataDir, process.env) };
  const ready = {
    ready: true,
    pid: process.pid,
    hosts,
    indexes: indexesFile ?? 'off',
    environment,
    faultToken,
  };
  const takeBack = dataDir === undefined ? undefined : sayRunning(dataDir, environment);
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  await stop;
  takeBack?.();
  await cloud.close();
  process.exit(0);
}

async function checkIndexes(file: string): Promise<void> {
  try {
    await readIndexFile(file);
  } catch (error) {
    throw new InputError(`--indexes: ${error instanceof Error ? error.message : String(error)}`);
  }
}
