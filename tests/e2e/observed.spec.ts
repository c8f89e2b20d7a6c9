import { CommandClient, provisionTopology } from '@bellwether/bus';
import {
  type DeliveryDocument,
  encodeFrame,
  eventId,
  mainAccount,
  paths,
  topics,
  topologyOf,
  traceIdOf,
} from '@bellwether/contracts';
import { startExecutor } from '@bellwether/executor';
import { startHistory } from '@bellwether/history';
import { startLedger } from '@bellwether/ledger';
import { startNotifier } from '@bellwether/notifier';
import {
  Operations,
  type RunningService,
  createLogger,
  systemClock,
  systemIds,
} from '@bellwether/observability';
import { readCommits, readDocument } from '@bellwether/store';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { trace } from '@opentelemetry/api';
import {
  TracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace';
import { join } from 'node:path';
import * as z from 'zod';
import { root } from '../support/root.ts';

process.env['METADATA_SERVER_DETECTION'] = 'none'; // Google's clients would look for credentials on the network

const logger = createLogger({ service: 'test', level: 'silent' });
const account = mainAccount('acme', 'ann');
const symbol = 'SPY';
const waiting = { timeoutMs: 30_000 };

const Readiness = z.object({
  ready: z.boolean(),
  services: z.record(z.string(), z.object({ ready: z.boolean(), why: z.array(z.string()) })),
});

describe('a system that is observed', () => {
  let cloud: TestCloud;
  let commands: CommandClient;
  let operations: Operations;
  const services: RunningService[] = [];
  const exporter = new InMemorySpanExporter();
  let frames = 0;

  beforeAll(async () => {
    const spanProcessors = [new SimpleSpanProcessor({ exporter })];
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors }));
    cloud = await startTestCloud({ indexesFile: join(root, 'firestore.indexes.json') });
    await provisionTopology(cloud.pubsub, topologyOf(1));
    await cloud.firestore.doc(paths.channel('acme', 'discord')).set({
      kind: 'discordWebhook',
      webhookId: '100000000000000001',
      webhookToken: 'local',
      status: 'active',
    });
    operations = await Operations.open(0, logger);
    const environment = { ...cloud.environment, SHARDS: '1', WRITE_LIMITS: 'default' };
    for (const start of [startExecutor, startLedger, startHistory, startNotifier]) {
      const service = await start(environment, logger);
      services.push(service);
      operations.started(service);
    }
    commands = await CommandClient.connect(cloud.pubsub, { name: 'test', ids: systemIds, logger });
    const by = { actor: 'test', reason: 'spec' };
    await commands.request({ name: 'OpenAccount', key: 'open', ...account });
    await commands.request({ name: 'ResumeTrading', key: 'resume', ...account, ...by });
  }, 60_000);
  afterAll(async () => {
    for (const service of services.toReversed()) await service.close();
    await Promise.all([commands.close(), operations.close()]);
    await cloud.close();
    trace.disable();
  });

  /** One frame of trades at these prices, under that trace. */
  async function trade(traceparent: string, ...prices: readonly number[]): Promise<void> {
    const firstOrdinal = frames * 10;
    frames += 1;
    const now = Math.round(systemClock.now());
    const frame = {
      shard: 0,
      epoch: 'spec-0000000001',
      number: frames,
      firstOrdinal,
      receivedAt: now,
      isLast: false,
      instruments: [{ symbol, venue: 'test', kind: 'trade' as const, priceScale: 2, sizeScale: 0 }],
      length: prices.length,
      instrument: new Uint16Array(prices.length),
      exchangeAt: Float64Array.from(prices, (_, i) => now + i),
      first: Float64Array.from(prices, (price) => Math.round(price * 100)),
      second: new Float64Array(prices.length).fill(1),
    };
    const data = Buffer.from(encodeFrame(frame));
    await cloud.pubsub.topic(topics.ticks(0)).publishMessage({
      data,
      attributes: { 'ce-traceparent': traceparent },
    });
  }

  async function scraped(): Promise<string> {
    const answer = await fetch(`${operations.url}/metrics`);
    return answer.text();
  }

  it('follows one trace from the tick over its commit to the books, to BigQuery and to the alert', async () => {
    const tick = { traceId: systemIds.hex(32), spanId: systemIds.hex(16) };
    const terms = { symbol, side: 'long', quantity: '2', entryPrice: '100', priceSource: 'trade' } as const;
    await commands.request({
      name: 'AdoptPosition',
      key: 'adopt',
      ...account,
      position: { id: 'p', ...terms, exits: { stopLoss: { price: '95' } } },
    });
    const ticks = Array.from({ length: 10 }, (_, i) => (i === 7 ? 94 : 100));
    await trade(`00-${tick.traceId}-${tick.spanId}-01`, ...ticks);

    const spans = await eventually(() => {
      const found = byName(exporter.getFinishedSpans(), tick.traceId);
      expect([...found.keys()].toSorted()).toEqual([
        'commit',
        'deliver',
        'judge',
        'process history.events',
        'process ledger.events',
        'process notifier.events',
        'publish',
      ]);
      return found;
    }, waiting);
    const parents = [...spans].map(([name, { parentSpanContext }]) => {
      const parent = [...spans].find(([, span]) => span.spanContext().spanId === parentSpanContext?.spanId);
      return [name, parent?.[0] ?? (parentSpanContext?.spanId === tick.spanId ? 'the tick' : 'nothing')];
    });
    expect(Object.fromEntries(parents)).toEqual({
      judge: 'the tick',
      commit: 'judge',
      publish: 'commit',
      'process ledger.events': 'publish',
      'process history.events': 'publish',
      'process notifier.events': 'publish',
      deliver: 'commit',
    });

    const stored = await readCommits(cloud.firestore, account, 1, 100);
    const exit = stored.find(({ commit }) => commit.cause.kind === 'frame')?.commit;
    expect(exit?.events.map(({ type }) => type)).toContain('PositionClosed');
    expect(traceIdOf(exit?.traceparent)).toBe(tick.traceId);
    expect(spans.get('commit')?.attributes).toMatchObject({
      'bellwether.account': account.accountId,
      'bellwether.cause': 'frame 0/spec-0000000001/1',
      'bellwether.outcome': 'committed',
      'bellwether.seq': exit?.seq,
    });
    const closedAs = exit?.events.findIndex(({ type }) => type === 'PositionClosed') ?? -1;
    const event = eventId(account.accountId, exit?.seq ?? 0, closedAs);
    const delivery = readDocument<DeliveryDocument>(
      await cloud.firestore.doc(paths.delivery('acme', event, 'discord')).get(),
    );
    expect(delivery).toMatchObject({ status: 'sent', traceId: tick.traceId });
    const entry = await cloud.firestore.doc(paths.ledgerEntry('acme', event)).get();
    expect(entry.exists).toBe(true);
  }, 60_000);

  it('records no span of a frame that fires nothing', async () => {
    const traceId = systemIds.hex(32);
    await trade(`00-${traceId}-${'1'.repeat(16)}-01`, 100, 101);
    await eventually(async () => {
      expect(valueOf(await scraped(), 'bellwether_frames_judged_total', 'shard="0"')).toBe(frames);
    }, waiting);
    expect(byName(exporter.getFinishedSpans(), traceId).size).toBe(0);
  }, 60_000);

  it('shows in numbers what it has judged, committed, booked, stored and told', async () => {
    const ticks = 12; // of both frames
    const text = await eventually(async () => {
      const answer = await scraped();
      expect(valueOf(answer, 'bellwether_rows_appended_total', 'table="ticks"')).toBe(ticks);
      expect(valueOf(answer, 'bellwether_outbox_pending')).toBe(0);
      return answer;
    }, waiting);
    const [events, commits] = await journaled(cloud);
    const shown = (name: string, label?: string) => valueOf(text, name, label);
    expect({
      judged: shown('bellwether_ticks_judged_total', 'shard="0"'),
      behind: shown('bellwether_frames_behind', 'shard="0"'),
      executions: shown('bellwether_executions_total'),
      lags: shown('bellwether_tick_to_commit_seconds_count'),
      committed: shown('bellwether_commits_total'),
      ambiguous: shown('bellwether_commits_ambiguous_total', 'resolution="applied"'),
      adopted: shown('bellwether_command_seconds_count', 'command="AdoptPosition"'),
      booked: shown('bellwether_events_booked_total'),
      stored: shown('bellwether_rows_appended_total', 'table="events"'),
      told: shown('bellwether_deliveries_total', 'state="sent"'),
      breaker: shown('bellwether_breaker_state', 'service="ledger",state="closed"'),
      dead: shown('bellwether_streams_dead', 'service="notifier"'),
      bookedMessages: shown('bellwether_message_seconds_count', 'subscription="ledger.events"'),
    }).toEqual({
      judged: ticks,
      behind: 0,
      executions: 1,
      lags: 1,
      committed: commits,
      ambiguous: 0,
      adopted: 1,
      booked: events,
      stored: events,
      told: 1,
      breaker: 1,
      dead: 0,
      bookedMessages: commits,
    });
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds \d/m);
  }, 60_000);

  it('is ready while all of its services do their work', async () => {
    const answer = await fetch(`${operations.url}/readyz`);
    const { ready, services: each } = Readiness.parse(await answer.json());
    expect([answer.status, ready]).toEqual([200, true]);
    expect(Object.keys(each).toSorted()).toEqual(['executor', 'history', 'ledger', 'notifier']);
  });
});

/** How many events and commits the account's journal holds. */
async function journaled({ firestore }: TestCloud): Promise<[events: number, commits: number]> {
  const stored = await readCommits(firestore, account, 1, 100);
  return [stored.reduce((sum, { commit }) => sum + commit.events.length, 0), stored.length];
}

function byName(spans: readonly ReadableSpan[], traceId: string): Map<string, ReadableSpan> {
  const ofTrace = spans.filter((span) => span.spanContext().traceId === traceId);
  return new Map(ofTrace.map((span) => [span.name, span]));
}

/** The number of the one line of that name that has all of these labels. */
function valueOf(text: string, name: string, labels = ''): number | undefined {
  const wanted = labels === '' ? [] : labels.split(',');
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && wanted.every((label) => line.includes(label)));
  expect({ [`${name}{${labels}}`]: lines.length }).toEqual({ [`${name}{${labels}}`]: 1 });
  return Number(lines[0]?.slice((lines[0]?.lastIndexOf(' ') ?? 0) + 1));
}
