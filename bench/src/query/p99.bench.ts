import { eventId, paths, shardOf, timeShards } from '@bellwether/contracts';
import { latestTrades } from '@bellwether/ledger';
import type { Firestore } from '@google-cloud/firestore';
import { strict as assert } from 'node:assert';
import { fileURLToPath } from 'node:url';
import { connectFirestore, writeDocuments } from '../cloud/documents.ts';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { benchmark } from '../runner/benchmark.ts';
import { percentile } from '../runner/statistics.ts';

/** `QUERY_TRADES=1000000` for as many as the target is about. */
const trades = Number(process.env['QUERY_TRADES'] ?? 100_000);
const rounds = 25;
const limit = 50;
const users = 100;
const everyMs = 1_000;
const dayMs = 86_400_000;
const tenant = 'acme';
const indexes = fileURLToPath(new URL('../../../firestore.indexes.json', import.meta.url));

export default benchmark({
  question: `How long do the slowest of the queries for trades take among ${trades}?`,
  unit: 'ms',
  target: { value: { atMost: 100 } },
  latency: true,
  samples: 5,
  timeLimitSeconds: 900,
  async setup(progress) {
    const cloud = await startCloudProcess(['--indexes', indexes]);
    const firestore = connectFirestore(cloud.hosts.firestore, cloud.project);
    progress(`writes ${trades} trades`);
    await writeDocuments(firestore, paths.ledgerTrades(tenant), trades, tradeOf);
    return { cloud, firestore };
  },
  async check({ firestore }) {
    const counted = await firestore.collection(paths.ledgerTrades(tenant)).count().get();
    assert.equal(counted.data().count, trades);
    const found = await latestTrades(firestore, { tenant }, 3);
    assert.deepEqual(
      found.map(({ seq }) => seq),
      [trades, trades - 1, trades - 2],
    );
  },
  subject: async ({ firestore }) => {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) times.push(...(await timesOf(firestore, round)));
    return percentile(times, 0.99);
  },
  async close({ cloud, firestore }) {
    await firestore.terminate();
    await cloud.close();
  },
});

/** Each query of the statements once: a tenant's, its sales of a day, a user's, a user's of one strategy. */
async function timesOf(firestore: Firestore, round: number): Promise<number[]> {
  const before = Math.floor(((round + 1) * trades) / rounds) * everyMs;
  const uid = `u${round % users}`;
  const times: number[] = [];
  for (const filter of [
    { tenant, before },
    { tenant, side: 'sell', from: before - dayMs, before } as const,
    { tenant, uid },
    { tenant, uid, strategy: `s${round % 5}` },
  ]) {
    const start = performance.now();
    await latestTrades(firestore, filter, limit);
    times.push(performance.now() - start);
  }
  return times;
}

function tradeOf(index: number): Record<string, unknown> {
  const uid = `u${index % users}`;
  const id = eventId(`${uid}.main`, index + 1, 1);
  return {
    eventId: id,
    bookedAs: id,
    shard: shardOf(id, timeShards),
    accountId: `${uid}.main`,
    uid,
    seq: index + 1,
    positionId: `p${index}`,
    orderId: `o${index}`,
    symbol: `SYM${index % 1_000}`,
    side: index % 2 === 0 ? 'buy' : 'sell',
    positionSide: 'long',
    effect: index % 2 === 0 ? 'open' : 'close',
    quantity: '1',
    price: '100.25',
    currency: 'USD',
    proceeds: '-100.25',
    fee: '0.1',
    feeCurrency: 'USD',
    realizedPnl: '0',
    strategy: `s${Math.floor(index / users) % 5}`,
    broker: 'shadow',
    tradedAt: index * everyMs,
  };
}
