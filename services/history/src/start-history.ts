import { type Consumption, PubSubStrategy, connectPubSub, serve } from '@bellwether/bus';
import { subscriptions } from '@bellwether/contracts';
import {
  type Logger,
  type RunningService,
  ServiceMetrics,
  systemClock,
  systemIds,
} from '@bellwether/observability';
import {
  connectPaced,
  heldBack,
  measureWrites,
  quarantineTo,
  readCommits,
  readScopeCommits,
} from '@bellwether/store';
import { connectBigQuery, connectWriteApi } from './bigquery/connect.ts';
import { provisionTables, tableIds } from './bigquery/tables.ts';
import { AppendCounts } from './bigquery/append-counts.ts';
import { writeStreamsOf } from './bigquery/write-streams.ts';
import { readConfig } from './config.ts';
import { eventColumns } from './events/encode-events.ts';
import { EventArchive } from './events/event-archive.ts';
import { EventStream } from './events/event-stream.ts';
import type { ReadJournal } from './events/plan-batch.ts';
import { Watermarks } from './events/watermarks.ts';
import { HistoryModule } from './history.module.ts';
import { measureHistory, unanswered } from './measure-history.ts';
import { rowDescriptor } from './rows/column.ts';
import { openTickArchive } from './ticks/open-tick-archive.ts';

/**
 * Starts writing history: ready when the tables exist and what the process before left is finished.
 *
 * @throws Error for a bad environment, or when BigQuery or Firestore cannot be reached.
 */
export async function startHistory(environment: NodeJS.ProcessEnv, logger: Logger): Promise<RunningService> {
  const config = readConfig(environment);
  const paced = connectPaced(environment, { name: 'history', clock: systemClock, ids: systemIds, logger });
  const { firestore, writes } = paced;
  const pubsub = connectPubSub(environment);
  const writeApi = connectWriteApi(config);
  const { project } = config;
  const metrics = new ServiceMetrics('history');
  const appends = { ticks: new AppendCounts(systemClock), events: new AppendCounts(systemClock) };
  const ticks = openTickArchive({
    project,
    firestore,
    writeApi,
    clock: systemClock,
    counts: appends.ticks,
    logger,
  });
  const readJournal: ReadJournal = async (of, fromSeq, toSeq) => {
    const found =
      'scope' in of
        ? await readScopeCommits(firestore, of.scope, fromSeq, toSeq - fromSeq + 1)
        : await readCommits(firestore, of, fromSeq, toSeq);
    return found.map(({ commit, committedAt }) => ({ commit, publishedAt: committedAt }));
  };
  const eventTable = { project, id: tableIds.events, descriptor: rowDescriptor(eventColumns) };
  const events = new EventArchive({
    stream: new EventStream(firestore, writes, writeStreamsOf(writeApi, eventTable, logger, appends.events)),
    watermarks: new Watermarks(firestore),
    readJournal,
    logger,
  });
  const strategy = new PubSubStrategy({
    pubsub,
    consumptions: consumptionsOf(config.shards),
    logger,
    quarantine: quarantineTo(firestore),
    measures: { metrics, clock: systemClock },
  });
  measureHistory(metrics, appends, {
    waitingCommits: () => events.waiting,
    gapsGivenUp: () => ticks.gapsGivenUp,
  });
  measureWrites(metrics, writes);
  const release = async (): Promise<void> => {
    ticks.close();
    await events.close();
    await Promise.all([pubsub.close(), paced.close(), writeApi.close()]);
  };

  try {
    await provisionTables(connectBigQuery(config));
    await events.start();
    const app = await serve(HistoryModule.with(ticks, events), strategy);
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      ticks.stop();
      events.stop();
      await app.close();
      await release();
    };
    return {
      name: 'history',
      metrics,
      unready: () => [
        ...strategy.dead.map((subscription) => `the stream of ${subscription} is dead`),
        ...unanswered(appends),
        ...heldBack(writes),
      ],
      close: async () => (closing ??= close()),
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * How long BigQuery may be out: as long as Pub/Sub keeps a message. Until then what is held stays leased. Let go, it would
 * be delivered again with more behind it, held twice and more, and count as failed until it is a dead letter.
 */
const longestHandlingMs = 7 * 24 * 60 * 60 * 1_000;

function consumptionsOf(shards: number): Consumption[] {
  const frames = Array.from({ length: shards }, (_, shard) => ({
    subscription: subscriptions.historyTicks(shard),
    pattern: 'frame',
    // More than a lane lets wait for a missing frame: there must be room for that one to arrive.
    maxMessages: 5_000,
    maxBytes: 256 * 1024 * 1024,
    longestHandlingMs,
  }));
  return [
    ...frames,
    { subscription: subscriptions.historyEvents, pattern: 'commit', longestHandlingMs, isTraced: true },
  ];
}
