import { startCloud } from '@bellwether/local-cloud';
import { fail } from '../fail.ts';
import { InputError } from '../input-error.ts';
import { userPath } from '../processes/entry.ts';
import { stopRequested } from '../processes/stop-requested.ts';
import { sayRunning } from '../stored/running-system.ts';
import { ownChannelKeys } from './own-channel-keys.ts';
import { keepHeapSmall } from './small-heap.ts';

export interface CloudCommandOptions {
  readonly pubsubPort: number;
  readonly firestorePort: number;
  readonly bigqueryPort: number;
  readonly bigqueryStoragePort: number;
  readonly discordPort: number;
  readonly opsPort: number;
  readonly dataDir?: string;
  /** The index file that queries are held to; `off`, as without it, answers them all. */
  readonly indexes?: string;
  /** How old a table must be before rows can be streamed into it. */
  readonly bigqueryNewTableMs: number;
  readonly discordLimits: boolean;
  readonly project: string;
}

/** The local cloud alone: one JSON line when it is ready, then it serves until it is told to stop. */
export async function runCloud(options: CloudCommandOptions): Promise<void> {
  const stop = stopRequested();
  const { indexes = 'off' } = options;
  const indexesFile = indexes === 'off' ? undefined : userPath(indexes);
  try {
    const cloud = await startCloud({
      ports: {
        pubsub: portOf('--pubsub-port', options.pubsubPort),
        firestore: portOf('--firestore-port', options.firestorePort),
        bigquery: portOf('--bigquery-port', options.bigqueryPort),
        bigqueryStorage: portOf('--bigquery-storage-port', options.bigqueryStoragePort),
        discord: portOf('--discord-port', options.discordPort),
        ops: portOf('--ops-port', options.opsPort),
      },
      ...(options.dataDir === undefined ? {} : { dataDir: userPath(options.dataDir) }),
      ...(indexesFile === undefined ? {} : { indexesFile }),
      bigqueryNewTableMs: durationOf('--bigquery-new-table-ms', options.bigqueryNewTableMs),
      discordRateLimits: options.discordLimits,
      project: options.project,
    });
    keepHeapSmall();
    const { hosts, faultToken } = cloud;
    const dataDir = options.dataDir === undefined ? undefined : userPath(options.dataDir);
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
  } catch (error) {
    fail(error);
  }
}

function durationOf(flag: string, ms: number): number {
  if (Number.isSafeInteger(ms) && ms >= 0) return ms;
  throw new InputError(`${flag}: must be a whole number of milliseconds, 0 or more`);
}

function portOf(flag: string, port: number): number {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`${flag}: must be a whole number from 0 to 65535`);
}
