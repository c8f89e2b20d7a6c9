import { provisionTopology } from '@bellwether/bus';
import {
  type Frame,
  Marks,
  decodeFrame,
  shardOf,
  subscriptions,
  topics,
  topologyOf,
  traceIdOf,
} from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import type { Message, Subscription } from '@google-cloud/pubsub';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningMarketFeed, TapeError, demoTape, startMarketFeed } from '../src/index.ts';
import { type TapeFolder, makeTapeFolder, tradesHeader } from './tape-file.ts';

const shards = 2;
const logger = createLogger({ service: 'market-feed', level: 'silent' });

let cloud: TestCloud;
let folder: TapeFolder;
const received: { frame: Frame; attributes: Record<string, string> }[] = [];
const marks: Marks[] = [];
const listening: Subscription[] = [];

beforeAll(async () => {
  [cloud, folder] = await Promise.all([startTestCloud(), makeTapeFolder()]);
  await provisionTopology(cloud.pubsub, topologyOf(shards));
  const screen = 'spec.marks';
  await cloud.pubsub.createSubscription(topics.marks, screen);
  subscribe(screen, (message) => marks.push(Marks.parse(JSON.parse(message.data.toString()))));
  for (let shard = 0; shard < shards; shard += 1)
    subscribe(subscriptions.executorTicks(shard), ({ data, attributes }) =>
      received.push({ frame: decodeFrame(data), attributes }),
    );
}, 20_000);

afterAll(async () => {
  await Promise.all(listening.map(async (subscription) => subscription.close()));
  await Promise.all([cloud.close(), folder.remove()]);
});

function subscribe(name: string, handle: (message: Message) => void): void {
  const subscription = cloud.pubsub.subscription(name, { streamingOptions: { maxStreams: 1 } });
  subscription.on('message', (message: Message) => {
    handle(message);
    message.ack();
  });
  listening.push(subscription);
}

async function start(
  feed: string,
  tapes: string,
  settings: Record<string, string>,
): Promise<RunningMarketFeed> {
  const environment = {
    ...cloud.environment,
    SHARDS: String(shards),
    FEED_NAME: feed,
    TAPES: tapes,
    ...settings,
  };
  return startMarketFeed(environment, logger);
}

/** The frames of an epoch by shard, once those that its document counts are here. */
async function framesOf(epoch: string): Promise<readonly (readonly Frame[])[]> {
  const { shards: totals } = await document(`ops_feeds/${epoch}`);
  return eventually(() => {
    const found = received.filter(({ frame }) => frame.epoch === epoch).map(({ frame }) => frame);
    const byShard = Array.from({ length: shards }, (_, shard) =>
      found.filter((frame) => frame.shard === shard).toSorted((a, b) => a.number - b.number),
    );
    const counted = byShard.map((frames) => ({
      frames: frames.length,
      ticks: frames.reduce((sum, { length }) => sum + length, 0),
    }));
    expect({ '00': counted[0], '01': counted[1] }).toEqual(totals);
    return byShard;
  });
}

async function document(path: string): Promise<Record<string, unknown>> {
  return (await cloud.firestore.doc(path).get()).data() ?? {};
}

function rowsOf(frames: readonly Frame[]): string[] {
  return frames.flatMap((frame) =>
    [...frame.exchangeAt].map((at, i) => {
      const { symbol, venue, priceScale, sizeScale } = frame.instruments[frame.instrument[i] ?? 0] ?? {
        symbol: '',
        venue: '',
        priceScale: 0,
        sizeScale: 0,
      };
      const price = ((frame.first[i] ?? 0) / 10 ** priceScale).toFixed(priceScale);
      return `${at},${symbol},${venue},${price},${((frame.second[i] ?? 0) / 10 ** sizeScale).toFixed(sizeScale)}`;
    }),
  );
}

describe('market-feed', () => {
  it('publishes a tape as gapless frames that hold exactly its rows', async () => {
    const symbols = ['BTC-USDT', 'ETH-USDT', 'SPY', 'BAC'];
    const rows = Array.from({ length: 5_000 }, (_, i) => {
      const price = 100 + ((i * 37) % 100) / 100;
      return `${1_000_000 + Math.floor(i / 3)},${symbols[i % 4]},test,${price.toFixed(2)},${(i % 7) + 1}`;
    });
    const path = await folder.write('whole.csv.gz', `${tradesHeader}${rows.join('\n')}\n`);
    const feed = await start('whole', path, { TAPE_SPEED: 'max', SANITY: 'off' });
    await feed.finished;
    const epoch = 'whole-0000000001';
    expect(await document(`ops_feeds/${epoch}`)).toMatchObject({
      feed: 'whole',
      status: 'closed',
      refused: {},
    });
    const byShard = await framesOf(epoch);
    for (const [shard, frames] of byShard.entries()) {
      let ordinal = 0;
      for (const [i, frame] of frames.entries()) {
        expect([frame.number, frame.firstOrdinal]).toEqual([i + 1, ordinal]);
        expect(frame.isLast).toBe(i === frames.length - 1);
        ordinal += frame.length;
      }
      expect(rowsOf(frames)).toEqual(
        rows.filter((row) => shardOf(row.split(',')[1] ?? '', shards) === shard),
      );
    }
    const sample = received.find(({ frame }) => frame.epoch === epoch);
    expect(sample?.attributes).toMatchObject({ epoch, number: String(sample?.frame.number), codec: '1' });
    expect(traceIdOf(sample?.attributes['ce-traceparent'])).toBeDefined();
    await eventually(() => {
      const last = marks.filter((each) => each.epoch === epoch).at(-1);
      expect(last?.ticks).toBe(5_000);
    });
    await feed.close();
  });

  it('shows in the document of its epoch what it refused, with samples', async () => {
    const rows = ['10,SPY,P,1.5,1', '20,SPY,P,1.5,1', '30,SPY,P,150,1', '40,SPY,P,1.51,1'];
    const path = await folder.write('spike.csv.gz', `${tradesHeader}${rows.join('\n')}\n`);
    const feed = await start('spike', path, { TAPE_SPEED: 'max' });
    await feed.finished;
    await feed.close();
    const frames = (await framesOf('spike-0000000001')).flat();
    expect(frames.flatMap(({ exchangeAt }) => [...exchangeAt])).toEqual([10, 20, 40]);
    expect(await document('ops_feeds/spike-0000000001')).toMatchObject({
      refused: { outlier: 1 },
      refusedSamples: [{ reason: 'outlier', symbol: 'SPY', venue: 'P', first: '15000', exchangeAt: '30' }],
    });
  });

  it('starts the next epoch each time, and re-bases it to now', async () => {
    const path = await folder.write('short.csv.gz', `${tradesHeader}10,SPY,P,1.5,1\n25,SPY,P,1.55,1\n`);
    for (const epoch of ['again-0000000001', 'again-0000000002', 'again-0000000003']) {
      const before = Date.now();
      const feed = await start('again', path, { TAPE_REBASE: 'on' });
      await feed.finished;
      await feed.close();
      const frames = (await framesOf(epoch)).flat();
      const [first = 0, second = 0] = frames.flatMap(({ exchangeAt }) => [...exchangeAt]);
      expect(second - first).toBe(15);
      expect(first).toBeGreaterThanOrEqual(before - 1);
      expect(await document(`ops_feeds/${epoch}`)).toMatchObject({
        status: 'closed',
        rebasedByMs: first - 10,
      });
    }
  });

  it('loops into new epochs and ends the last one when it is closed', async () => {
    const path = await folder.write('loop.csv.gz', `${tradesHeader}10,SPY,P,1,1\n30,SPY,P,1,1\n`);
    const feed = await start('loop', path, { TAPE_LOOP: 'on', TAPE_REBASE: 'on' });
    await eventually(() => expect(received.map(({ frame }) => frame.epoch)).toContain('loop-0000000003'));
    await feed.close();
    await feed.finished;
    const { docs: all } = await cloud.firestore.collection('ops_feeds').get();
    const docs = all.filter((epoch) => epoch.get('feed') === 'loop');
    expect(docs.length).toBeGreaterThanOrEqual(3);
    for (const { id, ref } of docs) {
      expect((await ref.get()).get('status')).toBe('closed');
      for (const frames of await framesOf(id)) expect(frames.at(-1)?.isLast).toBe(true);
    }
  });

  it('ends the epoch when it is closed in the middle of a tape', async () => {
    const feed = await start('demo', demoTape, { TAPE_REBASE: 'on' });
    await eventually(() => expect(received.map(({ frame }) => frame.epoch)).toContain('demo-0000000001'));
    await Promise.all([feed.close(), feed.close()]);
    await feed.finished;
    expect(await document('ops_feeds/demo-0000000001')).toMatchObject({ status: 'closed' });
    for (const frames of await framesOf('demo-0000000001')) expect(frames.at(-1)?.isLast).toBe(true);
  });

  it('takes the epoch whose claim was answered with an error for its own', async () => {
    const tape = await folder.write('claimed.csv.gz', `${tradesHeader}10,SPY,P,1,1\n`);
    const faults = `${cloud.environment['CLOUD_OPS_URL'] ?? ''}/faults`;
    const headers = { authorization: `Bearer ${cloud.environment['CLOUD_FAULT_TOKEN'] ?? ''}` };
    const lostAnswer = {
      at: { service: 'firestore', method: 'Commit', resource: 'ops_feeds', nth: 1, times: 1, side: 'after' },
      do: { kind: 'error', code: 'UNAVAILABLE' },
    };
    await fetch(faults, { method: 'POST', headers, body: JSON.stringify({ faults: [lostAnswer] }) });
    await (
      await start('claimed', tape, { TAPE_SPEED: 'max' })
    ).finished;
    await fetch(faults, { method: 'DELETE', headers });
    const first = await document('ops_feeds/claimed-0000000001');
    expect(first).toMatchObject({ status: 'closed', shards: { '00': { frames: 1 } } });
    expect(await document('ops_feeds/claimed-0000000002')).toEqual({});
  });

  it('records as a gap what a feed before it left running', async () => {
    const path = await folder.write('gap.csv.gz', `${tradesHeader}10,SPY,P,1,1\n`);
    const left = { feed: 'crashed', startedAt: 1, status: 'running' };
    await cloud.firestore.doc('ops_feeds/crashed-0000000041').create(left);
    await cloud.firestore.doc('ops_feeds/other-0000000050').create({ ...left, feed: 'other' });
    const feed = await start('crashed', path, { TAPE_SPEED: 'max' });
    await feed.finished;
    await feed.close();
    expect(await document('ops_feeds/crashed-0000000041')).toEqual({ ...left, status: 'closed' });
    expect(await document('ops_gaps/crashed-0000000041')).toMatchObject({
      feed: 'crashed',
      epoch: 'crashed-0000000041',
      reason: 'feedDied',
    });
    expect(await document('ops_feeds/crashed-0000000042')).toMatchObject({ status: 'closed' });
    expect(await document('ops_feeds/other-0000000050')).toMatchObject({ status: 'running' });
  });

  it('does not start with a tape that cannot be read', async () => {
    const path = await folder.write('bad.csv.gz', `${tradesHeader}10,SPY,P,-1,1\n`);
    await expect(start('bad', path, {})).rejects.toThrow(TapeError);
    await expect(start('bad', '', {})).rejects.toThrow('bad environment');
    expect((await cloud.firestore.doc('ops_feeds/bad-0000000001').get()).exists).toBe(false);
  });
});
