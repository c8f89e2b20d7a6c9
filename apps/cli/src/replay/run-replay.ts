import { CommandClient, connectPubSub, provisionTopology } from '@bellwether/bus';
import { type DeliveryDocument, defaultShards, topologyOf } from '@bellwether/contracts';
import { connectHistory, countEvents, countTicks } from '@bellwether/history';
import { verify } from '@bellwether/ledger';
import type { TapeSummary } from '@bellwether/market-feed';
import { createLogger, systemIds } from '@bellwether/observability';
import { type StoredCommit, connectFirestore } from '@bellwether/store';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { addSinkChannel } from '../cloud/sink-channel.ts';
import { checkWriteLimits } from '../check-write-limits.ts';
import { inspectTapes } from '../inspect-tapes.ts';
import { type CloudProcess, startCloudProcess } from '../processes/cloud-process.ts';
import { indexesFile } from '../processes/entry.ts';
import { InProcessHost } from '../processes/in-process-host.ts';
import { ProcessHost } from '../processes/process-host.ts';
import type { ServiceHost } from '../processes/service-host.ts';
import { checkOrders } from './check-orders.ts';
import { MemoryGauge } from './memory.ts';
import { checkSymbols, readOrders } from './orders.ts';
import type { Progress } from './progress.ts';
import { refusedIn } from './executions.ts';
import { kindsOf } from './kinds-of-tapes.ts';
import { type ReplayReport, executionsOf } from './report.ts';
import { isTold } from './told.ts';
import { StoredRun, eventIdOf } from './stored-run.ts';
import { type OrdersFile, accountsOf, submitOrders } from './submit-orders.ts';

export interface ReplayOptions {
  readonly tapes: readonly string[];
  readonly orders: string;
  /** `max`, or how many times as fast as the tape. */
  readonly speed: string;
  readonly sanity: boolean;
  readonly discordLimits: boolean;
  /** Each service as a process of its own. */
  readonly split: boolean;
  /** With `split`: a service that dies is started again. */
  readonly restart: boolean;
  /** Keeps logs here instead of in a folder that goes away with the run. */
  readonly logDir?: string;
}

const pollMs = 200;
const feedName = 'replay';
const epoch = `${feedName}-0000000001`;
/** A run that moves nothing for so long has lost something: better an error than a silent wait. */
const stuckAfterMs = 120_000;

/**
 * Replays tapes through the whole system: local cloud, all services, the bus between them; and reports
 * from stored data alone what happened.
 *
 * @throws InputError before anything is started, when a file is missing or wrong.
 */
export async function runReplay(options: ReplayOptions, progress: Progress): Promise<ReplayReport> {
  const startedAt = performance.now();
  progress.stage('checking');
  const orders = await readOrders(options.orders);
  checkWriteLimits(process.env);
  const tapes = await inspectTapes(options.tapes);
  const kinds = kindsOf(tapes);
  checkSymbols(options.orders, orders, new Set(kinds.keys()));
  const sourceOf = (symbol: string) => kinds.get(symbol) ?? 'trade';
  const file = { path: options.orders, orders };
  await checkOrders(file, sourceOf);

  return inLogDir(options.logDir, async (logDir) => {
    progress.stage('starting');
    const cloud = await startCloudProcess([
      '--indexes',
      indexesFile,
      ...(options.discordLimits ? [] : ['--no-discord-limits']),
    ]);
    try {
      const run = await replayOn(cloud, { ...options, logDir }, { file, tapes, sourceOf }, progress);
      return { ...run, seconds: Math.round(performance.now() - startedAt) / 1_000 };
    } finally {
      await cloud.stop();
    }
  });
}

/** In the folder that is named, or one that goes away with the run, however it ends. */
async function inLogDir<Value>(
  named: string | undefined,
  run: (logDir: string) => Promise<Value>,
): Promise<Value> {
  if (named !== undefined) return run(named);
  const logDir = mkdtempSync(join(tmpdir(), 'bellwether-replay-'));
  const remove = (): void => rmSync(logDir, { recursive: true, force: true });
  const interrupted = (signal: NodeJS.Signals): void => {
    remove();
    process.exit(128 + constants.signals[signal]);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupted);
  try {
    return await run(logDir);
  } finally {
    for (const signal of signals) process.off(signal, interrupted);
    remove();
  }
}

interface Input {
  readonly file: OrdersFile;
  readonly tapes: readonly TapeSummary[];
  readonly sourceOf: (symbol: string) => TapeSummary['kind'];
}

async function replayOn(
  cloud: CloudProcess,
  options: ReplayOptions & { readonly logDir: string },
  { file, tapes, sourceOf }: Input,
  progress: Progress,
): Promise<Omit<ReplayReport, 'seconds'>> {
  const environment: Record<string, string> = {
    ...cloud.environment,
    SHARDS: String(defaultShards),
    // The local cloud has no quota, and a replay goes as fast as it can.
    WRITE_LIMITS: process.env['WRITE_LIMITS'] ?? 'off',
    OPERATIONS_PORT: 'off',
  };
  const host = openHost(options, progress);
  const gauge = new MemoryGauge(() => [cloud.pid, ...host.pids.values()]);
  const pubsub = connectPubSub(environment);
  const firestore = connectFirestore(environment);
  const bigquery = connectHistory(environment);
  const logger = createLogger({ service: 'replay', file: join(options.logDir, 'replay.log') });
  const stored = new StoredRun(firestore, defaultShards);
  const accounts = accountsOf(file.orders);
  try {
    await provisionTopology(pubsub, topologyOf(defaultShards));
    for (const tenant of new Set(accounts.map((account) => account.tenant)))
      await addSinkChannel(firestore, environment, tenant);
    const before = await readStats(cloud);
    await Promise.all(
      (['ledger', 'history', 'notifier', 'executor'] as const).map((name) => host.start(name, environment)),
    );

    progress.stage('arming');
    const commands = await CommandClient.connect(pubsub, { name: 'replay', ids: systemIds, logger });
    await submitOrders(async (command) => commands.request(command, { timeoutMs: 30_000 }), file, sourceOf);
    await commands.close();

    progress.stage('replaying');
    await host.start('market-feed', {
      ...environment,
      TAPES: options.tapes.join(','),
      TAPE_SPEED: options.speed,
      TAPE_LOOP: 'off',
      TAPE_REBASE: 'off',
      SANITY: options.sanity ? 'on' : 'off',
      FEED_NAME: feedName,
    });
    const rows = tapes.reduce((sum, tape) => sum + tape.rows, 0);
    const published = await Promise.race([evaluated(stored, rows, progress), host.failed]);
    progress.stage('settling');
    const journal = await Promise.race([settled(stored, accounts), host.failed]);
    const tickRows = await Promise.race([
      reached(() => countTicks(bigquery, { epochs: [epoch] }), published.ticks),
      host.failed,
    ]);
    const events = journal.reduce((sum, { commit }) => sum + commit.events.length, 0);
    const eventRows = await Promise.race([
      reached(() => countEvents(bigquery, { scopes: false }), events),
      host.failed,
    ]);
    const after = await readStats(cloud);

    const spent = (name: string): number => (after[name] ?? 0) - (before[name] ?? 0);
    const ownReads = stored.reads;
    const deliveries = await stored.deliveries(accounts.map(({ tenant }) => tenant));
    const found = await stored.accounts(accounts);
    const books = await verify(firestore, { accounts });
    progress.stage('stopping');
    gauge.stop();
    await host.stop();
    return {
      ticks: published.ticks,
      frames: published.frames,
      executions: executionsOf(journal, (id) => deliveries.get(id), eventIdOf),
      refused: refusedIn(journal.map(({ commit }) => commit)),
      open: found.flatMap(({ openPositionIds }) => openPositionIds),
      armed: found.flatMap(({ activeTriggerIds }) => activeTriggerIds),
      working: found.flatMap(({ workingOrderIds, accountId }) =>
        workingOrderIds.map((id) => id.slice(accountId.length + 1)),
      ),
      firestore: {
        reads: spent('firestore.reads') - ownReads,
        writes: spent('firestore.writes'),
        deletes: spent('firestore.deletes'),
      },
      pubsub: { messages: spent('pubsub.publishedMessages'), bytes: spent('pubsub.publishedBytes') },
      bigquery: { tickRows, eventRows },
      ledger: { trades: books.trades, entries: books.entries, balanced: books.differences.length === 0 },
      events,
      discord: {
        messages: spent('discord.messages'),
        alerts: sentOf(noticesOf(journal), deliveries),
        possibleRepeats: [...deliveries.values()].filter(({ possibleRepeat }) => possibleRepeat).length,
      },
      peakRssBytes: gauge.peak,
    };
  } finally {
    await host.stop();
    await Promise.allSettled([pubsub.close(), firestore.terminate()]);
  }
}

function openHost(
  { split, restart, logDir }: ReplayOptions & { logDir: string },
  progress: Progress,
): ServiceHost {
  const fileOf = (name: string): string => join(logDir, `${name}.log`);
  if (!split) return new InProcessHost((name) => createLogger({ service: name, file: fileOf(name) }));
  return new ProcessHost({
    restart,
    logFile: fileOf,
    onStart: (name, pid, starts) =>
      progress.note(`${name} ${starts === 1 ? 'started' : `started again (${starts})`}, pid ${pid}`),
  });
}

/** Waits until every tick is published and judged, and what it fired is durable. */
async function evaluated(
  stored: StoredRun,
  rows: number,
  progress: Progress,
): Promise<{ ticks: number; frames: number }> {
  const stuck = new StuckWatch('no tick was evaluated');
  for (;;) {
    const { feed, shards } = await stored.state(epoch);
    const done = shards.map((shard) => (shard?.checkpoint?.epoch === epoch ? shard.checkpoint : undefined));
    const ticks = done.reduce((sum, checkpoint) => sum + (checkpoint?.nextOrdinal ?? 0), 0);
    progress.ticks(ticks, rows);
    if (feed?.status === 'closed' && done.every((checkpoint) => checkpoint?.isEpochOver === true)) {
      const frames = Object.values(feed.shards ?? {}).reduce((sum, shard) => sum + shard.frames, 0);
      return { ticks, frames };
    }
    stuck.check(ticks);
    await sleep(pollMs);
  }
}

/** Waits until the outbox is empty, everything is booked, and every notice is sent; returns the journals. */
async function settled(
  stored: StoredRun,
  accounts: Parameters<StoredRun['accounts']>[0],
): Promise<readonly StoredCommit[]> {
  const stuck = new StuckWatch('booking or delivery does not go on');
  while ((await stored.unpublished()) > 0) await sleep(pollMs);
  const documents = await stored.accounts(accounts);
  const journals = await Promise.all(
    documents.map(async ({ tenantId: tenant, uid, accountId, version }) =>
      stored.journal({ tenant, uid, accountId }, version),
    ),
  );
  const journal = journals.flat();
  const notices = noticesOf(journal);
  for (;;) {
    const watermarks = await stored.ledgerWatermarks(accounts);
    const behind = documents.filter(({ version }, index) => (watermarks[index] ?? 0) < version).length;
    const deliveries = await stored.deliveries(accounts.map(({ tenant }) => tenant));
    const states = [...deliveries.values()];
    const dead = states.filter(({ status }) => status === 'dead');
    if (dead.length > 0)
      throw new Error(`${dead.length} alerts could not be delivered: ${dead[0]?.reason ?? ''}`);
    const sent = sentOf(notices, deliveries);
    if (behind === 0 && sent === notices.length) return journal;
    stuck.check(sent * accounts.length - behind);
    await sleep(pollMs);
  }
}

/** The ids of the events that somebody is told of. */
function noticesOf(journal: readonly StoredCommit[]): readonly string[] {
  return journal.flatMap(({ commit }) =>
    commit.events.flatMap((event, index) => (isTold(event) ? eventIdOf(commit, index) : [])),
  );
}

/** How many of them are told, by themselves or in a digest. */
function sentOf(notices: readonly string[], deliveries: ReadonlyMap<string, DeliveryDocument>): number {
  return notices.filter((id) => deliveries.get(id)?.sentAt !== undefined).length;
}

async function reached(count: () => Promise<number>, wanted: number): Promise<number> {
  const stuck = new StuckWatch(`BigQuery does not reach ${wanted} rows`);
  for (;;) {
    const found = await count();
    if (found >= wanted) return found;
    stuck.check(found);
    await sleep(pollMs);
  }
}

class StuckWatch {
  readonly #message: string;
  #value = Number.NaN;
  #movedAt = performance.now();

  constructor(message: string) {
    this.#message = message;
  }

  /** @throws Error when the value has not changed for two minutes. */
  check(value: number): void {
    if (value !== this.#value) {
      this.#value = value;
      this.#movedAt = performance.now();
    } else if (performance.now() - this.#movedAt > stuckAfterMs) {
      throw new Error(`the replay is stuck: ${this.#message} for ${stuckAfterMs / 1_000} s`);
    }
  }
}

const Stats = z.object({ meter: z.record(z.string(), z.number()) });

async function readStats(cloud: CloudProcess): Promise<Readonly<Record<string, number>>> {
  const answer = await fetch(`${cloud.environment['CLOUD_OPS_URL'] ?? ''}/stats`);
  return Stats.parse(await answer.json()).meter;
}
