import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startBigQuery } from './bigquery/index.ts';
import { systemClock } from './core/clock.ts';
import { Meter } from './core/meter.ts';
import type { RunningServer } from './core/server.ts';
import { startDiscord } from './discord/index.ts';
import type { DiscordOptions } from './discord/index.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import { RequestFeed } from './faults/request-feed.ts';
import { Traffic } from './faults/traffic.ts';
import { startFirestore } from './firestore/index.ts';
import { lockDataDir } from './ops/data-dir-lock.ts';
import { readIndexFile } from './ops/index-file.ts';
import { startOps } from './ops/ops-server.ts';
import { startPubSub } from './pubsub/index.ts';

/** Where each server listens on 127.0.0.1. */
export interface CloudPorts {
  readonly pubsub: number;
  readonly firestore: number;
  /** BigQuery's REST API. */
  readonly bigquery: number;
  /** BigQuery's Storage Write API (gRPC). */
  readonly bigqueryStorage: number;
  readonly discord: number;
  readonly ops: number;
}

/** How a cloud differs from one in memory, on free ports, with production's limits. */
export interface CloudOptions {
  /** 0 or nothing takes any free port. */
  readonly ports?: Partial<CloudPorts>;
  /** Keeps everything acknowledged; created when missing, used by one cloud at a time. Without it all is in memory. */
  readonly dataDir?: string;
  /**
   * A `firestore.indexes.json`: queries whose index it lacks are refused, as in production. Without it none is, and
   * `GET /indexes` of the ops server tells what production would lack.
   */
  readonly indexesFile?: string;
  /** Whether the Discord sink answers 429; true by default. */
  readonly discordRateLimits?: boolean;
  /** Which webhooks the Discord sink knows, and its buckets; all webhooks and Discord's usual buckets by default. */
  readonly discord?: DiscordSettings;
  /**
   * BigQuery refuses rows that are streamed into a table younger than this with `notFound`, as production does for a
   * while; 0, none, by default.
   */
  readonly bigqueryNewTableMs?: number;
  /** The project of requests that name none; `bellwether-local` by default. */
  readonly project?: string;
}

/** How the Discord sink differs from Discord as it is. */
export type DiscordSettings = Pick<DiscordOptions, 'webhooks' | 'rateLimit' | 'globalLimit' | 'invalidLimit'>;

/** A cloud that serves until it is closed. */
export interface RunningCloud {
  readonly ports: CloudPorts;
  /** `127.0.0.1:PORT` of each server. */
  readonly hosts: Readonly<Record<keyof CloudPorts, string>>;
  readonly project: string;
  /** What a process needs in its environment for Google's clients and ours to talk to this cloud. */
  readonly environment: Readonly<Record<string, string>>;
  readonly meter: Meter;
  /** Lets its holder plan faults at `POST /faults` of the ops server; new with each start. */
  readonly faultToken: string;
  /** Ends all servers and releases the data directory. Further calls await the first. */
  close(): Promise<void>;
}

/**
 * Starts Pub/Sub, Firestore, BigQuery, a Discord sink and an ops server in this process, on 127.0.0.1, with one
 * clock and one meter.
 *
 * Throws when a port is taken, the index file is wrong or the data directory is in use; nothing is left running
 * then.
 */
export async function startCloud(options: CloudOptions = {}): Promise<RunningCloud> {
  const { ports: wanted = {}, dataDir, project = 'bellwether-local' } = options;
  const indexes = options.indexesFile === undefined ? undefined : await readIndexFile(options.indexesFile);
  const unlock = dataDir === undefined ? undefined : await lockDataDir(dataDir);
  const meter = new Meter();
  const clock = systemClock();
  const traffic = new Traffic(new FaultPlan(), new RequestFeed(), meter);
  const faultToken = randomBytes(24).toString('base64url');
  const server = (name: 'pubsub' | 'firestore' | 'bigquery' | 'discord') => ({
    port: wanted[name] ?? 0,
    clock,
    meter,
    traffic,
    ...(dataDir === undefined ? {} : { dataDir: join(dataDir, name) }),
  });

  const firestore = startFirestore({
    ...server('firestore'),
    ...(indexes === undefined ? {} : { indexes }),
  });
  const bigquery = startBigQuery({
    ...server('bigquery'),
    storagePort: wanted.bigqueryStorage ?? 0,
    defaultProject: project,
    newTableMs: options.bigqueryNewTableMs ?? 0,
  });
  const starting = {
    bigquery,
    pubsub: bigquery.then(({ tables }) => startPubSub({ ...server('pubsub'), tables })),
    firestore,
    discord: startDiscord({
      ...server('discord'),
      ...options.discord,
      rateLimits: options.discordRateLimits ?? true,
    }),
    ops: startOps({
      port: wanted.ops ?? 0,
      meter,
      traffic,
      faultToken,
      missingIndexes: async () => (await firestore).missingIndexes,
    }),
  };
  const close = async () => {
    const started = await Promise.allSettled(Object.values(starting));
    const servers = started.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
    const failures = await failuresOf(servers.map((running: RunningServer) => running.close()));
    await unlock?.();
    if (failures.length > 0) throw new AggregateError(failures, 'the local cloud did not close cleanly');
  };

  const [failure] = await failuresOf(Object.entries(starting).map(([name, start]) => named(name, start)));
  if (failure !== undefined) {
    await close().catch(() => undefined); // the first failure is the one to tell
    throw failure;
  }

  const { port: bigqueryPort, storagePort } = await bigquery;
  const ports: CloudPorts = {
    pubsub: (await starting.pubsub).port,
    firestore: (await starting.firestore).port,
    bigquery: bigqueryPort,
    bigqueryStorage: storagePort,
    discord: (await starting.discord).port,
    ops: (await starting.ops).port,
  };
  const hosts = hostsOf(ports);
  let closing: Promise<void> | undefined;
  return {
    ports,
    hosts,
    project,
    environment: { ...environmentOf(hosts, project), CLOUD_FAULT_TOKEN: faultToken },
    meter,
    faultToken,
    close: () => (closing ??= close()),
  };
}

function environmentOf(hosts: RunningCloud['hosts'], project: string): Record<string, string> {
  return {
    PUBSUB_EMULATOR_HOST: hosts.pubsub,
    FIRESTORE_EMULATOR_HOST: hosts.firestore,
    BIGQUERY_EMULATOR_HOST: `http://${hosts.bigquery}`,
    BIGQUERY_STORAGE_HOST: hosts.bigqueryStorage,
    STORAGE_EMULATOR_HOST: `http://${hosts.bigquery}`,
    DISCORD_API_BASE: `http://${hosts.discord}/api/v10`,
    CLOUD_OPS_URL: `http://${hosts.ops}`,
    GOOGLE_CLOUD_PROJECT: project,
    METADATA_SERVER_DETECTION: 'none',
  };
}

function hostsOf(ports: CloudPorts): RunningCloud['hosts'] {
  return {
    pubsub: onLoopback(ports.pubsub),
    firestore: onLoopback(ports.firestore),
    bigquery: onLoopback(ports.bigquery),
    bigqueryStorage: onLoopback(ports.bigqueryStorage),
    discord: onLoopback(ports.discord),
    ops: onLoopback(ports.ops),
  };
}

function onLoopback(port: number): string {
  return `127.0.0.1:${port}`;
}

async function named(name: string, start: Promise<RunningServer>): Promise<RunningServer> {
  try {
    return await start;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the ${name} server of the local cloud did not start: ${reason}`, { cause: error });
  }
}

async function failuresOf(promises: readonly Promise<unknown>[]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(promises);
  return outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as unknown);
}
