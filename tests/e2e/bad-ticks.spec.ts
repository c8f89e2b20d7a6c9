import { CommandClient, provisionTopology } from '@bellwether/bus';
import {
  type FeedDocument,
  type PositionDocument,
  ScopeCommit,
  type SymbolDocument,
  mainAccount,
  paths,
  scopeMessageType,
  systemScope,
  topics,
  topologyOf,
} from '@bellwether/contracts';
import { startExecutor } from '@bellwether/executor';
import { startMarketFeed } from '@bellwether/market-feed';
import { type RunningService, createLogger, systemIds } from '@bellwether/observability';
import { Outbox, readDocument, readScopeCommits } from '@bellwether/store';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../support/root.ts';
import { temporaryFolder } from '../support/bellwether.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const account = mainAccount('acme', 'ann');
const symbol = 'SPY';

/** What Google's client makes of a subscription. */
type TestSubscription = ReturnType<TestCloud['pubsub']['subscription']>;

/** A trade of the tape: when, in milliseconds from its start, and at which price. */
type Row = readonly [at: number, price: number];

let cloud: TestCloud;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let executor: RunningService;
let commands: CommandClient;
const told: ScopeCommit[] = [];
let events: TestSubscription;
let epochs = 0;

beforeAll(async () => {
  const indexesFile = join(root, 'firestore.indexes.json');
  [cloud, folder] = await Promise.all([startTestCloud({ indexesFile }), temporaryFolder()]);
  await provisionTopology(cloud.pubsub, topologyOf(2));
  [events] = await cloud.pubsub.topic(topics.events).createSubscription('spec.events');
  events.on('message', (message) => {
    if (message.attributes['ce-type'] === scopeMessageType)
      told.push(ScopeCommit.parse(JSON.parse(message.data.toString())));
    message.ack();
  });
  executor = await startExecutor({ ...cloud.environment, SHARDS: '2' }, logger);
  commands = await CommandClient.connect(cloud.pubsub, { name: 'test', ids: systemIds, logger });
  await commands.request({ name: 'OpenAccount', key: 'open', ...account }, { timeoutMs: 5_000 });
  const by = { actor: 'test', reason: 'spec' };
  await commands.request({ name: 'ResumeTrading', key: 'resume', ...account, ...by }, { timeoutMs: 5_000 });
}, 30_000);
afterAll(async () => {
  await executor.close();
  await Promise.all([commands.close(), events.close()]);
  await Promise.all([cloud.close(), folder.remove()]);
});

/** A long position of SPY from 100 with its stop at 95, armed from the next tick on. */
async function adopt(id: string): Promise<void> {
  const terms = { symbol, side: 'long', quantity: '1', entryPrice: '100', priceSource: 'trade' } as const;
  const position = { id, ...terms, exits: { stopLoss: { price: '95' } } };
  const reply = await commands.request(
    { name: 'AdoptPosition', key: `adopt-${id}`, ...account, position },
    { timeoutMs: 5_000 },
  );
  expect(reply).toMatchObject({ status: 'committed' });
}

async function details(id: string): Promise<PositionDocument['details'] | undefined> {
  const found = await cloud.firestore.doc(paths.openPosition(account.uid, id)).get();
  return readDocument<PositionDocument>(found)?.details;
}

/** Plays a tape through the real feed, and answers its document once the executor's checkpoint covers it. */
async function play(rows: readonly Row[], settings: Record<string, string> = {}): Promise<FeedDocument> {
  epochs += 1;
  const epoch = `tape-${epochs.toString().padStart(10, '0')}`;
  const path = join(folder.path, `${epoch}.csv.gz`);
  const lines = rows.map(
    ([at, price]) => `${epochs * 1_000_000 + at},${symbol},test,${price.toFixed(2)},1\n`,
  );
  await writeFile(path, gzipSync(`ts_ms,symbol,venue,price,size\n${lines.join('')}`));
  const environment = { ...cloud.environment, SHARDS: '2', TAPES: path, TAPE_SPEED: 'max', ...settings };
  const feed = await startMarketFeed(environment, logger);
  await feed.finished;
  await feed.close();
  await eventually(
    async () => {
      for (const shard of [0, 1]) {
        const state = await cloud.firestore.doc(paths.executorShard(shard)).get();
        expect([state.get('checkpoint.epoch'), state.get('checkpoint.isEpochOver')]).toEqual([epoch, true]);
      }
    },
    { timeoutMs: 15_000 },
  );
  const document = readDocument<FeedDocument>(await cloud.firestore.doc(paths.feed(epoch)).get());
  if (document === undefined) throw new Error(`${epoch} has no document`);
  return document;
}

type PauseEvent = Extract<ScopeCommit['events'][number], { place: unknown }>;

async function pauses(): Promise<readonly PauseEvent[]> {
  const found = await readScopeCommits(cloud.firestore, systemScope);
  return found.flatMap(({ commit }) => commit.events.filter((event) => 'place' in event));
}

/** So many ticks at 100, ten milliseconds apart. */
function quiet(from: number, ticks: number): Row[] {
  return Array.from({ length: ticks }, (_, i) => [from + i * 10, 100]);
}

describe('bad ticks, from the feed to the account', () => {
  it('a spike of one tick through a stop fires nothing, and is shown as refused', async () => {
    await adopt('spiked');
    const { refused, refusedSamples } = await play([...quiet(0, 5), [50, 50], ...quiet(60, 5)]);
    expect((await details('spiked'))?.status).toBe('open');
    expect(refused).toEqual({ outlier: 1 });
    expect(refusedSamples).toEqual([expect.objectContaining({ reason: 'outlier', symbol, first: '50' })]);
  });

  it("a fall that is confirmed fires at its first tick, with that tick's price and time", async () => {
    const { refused } = await play([...quiet(0, 5), [50, 80], [51, 80.5], [52, 80.7], [53, 81]]);
    const closed = await details('spiked');
    expect(closed).toMatchObject({ status: 'closed', exitPrice: '80', closedAt: epochs * 1_000_000 + 50 });
    expect(refused).toEqual({});
    expect(await pauses()).toEqual([]);
  });

  it('a feed that falls silent pauses its symbol: garbage fires nothing, the first valid tick does', async () => {
    await adopt('silent');
    const { refused } = await play([...quiet(0, 12), [1_500, 50], [1_600, 94.5], [1_610, 94.6]], {
      TAPE_SPEED: '1',
      SILENT_AFTER_MS: '300',
    });
    expect(refused).toEqual({ outlier: 1 });
    const at = epochs * 1_000_000;
    expect(await details('silent')).toMatchObject({
      status: 'closed',
      exitPrice: '94.5',
      closedAt: at + 1_600,
    });
    const [paused, resumed, ...more] = await pauses();
    expect(more).toEqual([]);
    expect(paused).toMatchObject({ type: 'SymbolPaused', symbol, health: 'stale', since: at + 410 });
    expect(resumed).toMatchObject({ type: 'SymbolResumed', symbol, since: at + 1_600 });
    expect([paused?.place.ordinal, resumed?.place.ordinal]).toEqual([12, 12]);
    const state = readDocument<SymbolDocument>(await cloud.firestore.doc(paths.symbol(symbol)).get());
    expect(state).toMatchObject({ symbol, health: 'healthy', place: resumed?.place });
  });

  it('a symbol of which too much is refused is paused: what crosses a stop meanwhile fires nothing', async () => {
    await adopt('suspect');
    const garbage = Array.from({ length: 10 }, (_, i): Row[] => [
      [100 + i * 20, 500],
      [110 + i * 20, 100],
    ]).flat();
    await play([...quiet(0, 3), ...garbage, [300, 94], [310, 100], [320, 94.2], [330, 94.1]]);
    expect(await details('suspect')).toMatchObject({
      status: 'closed',
      exitPrice: '94.2',
      closedAt: epochs * 1_000_000 + 320,
    });
    const [paused, resumed] = (await pauses()).slice(2);
    expect(paused).toMatchObject({ type: 'SymbolPaused', health: 'suspect' });
    expect(resumed).toMatchObject({ type: 'SymbolResumed', since: epochs * 1_000_000 + 310 });
  });

  it('tells every pause on the topic of events, and leaves nothing in the outbox', async () => {
    await eventually(async () => {
      expect(told.flatMap((commit) => commit.events)).toEqual(await pauses());
      expect(await new Outbox(cloud.firestore).pending()).toEqual([]);
    });
    expect(told.map(({ seq }) => seq)).toEqual(told.map((_, i) => i + 1));
  });
});
