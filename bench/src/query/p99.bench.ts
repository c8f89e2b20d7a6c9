import { paths } from '@bellwether/contracts';
import { latestTrades, openTrades, profitAndLossOf } from '@bellwether/ledger';
import type { Firestore } from '@google-cloud/firestore';
import { strict as assert } from 'node:assert';
import { fileURLToPath } from 'node:url';
import { connectFirestore } from '../cloud/documents.ts';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { benchmark } from '../runner/benchmark.ts';
import { percentile } from '../runner/statistics.ts';
import { everyMs, openOfEach, tenant, uidOf, users, writeBooks } from './stored-books.ts';

/** As many as the target is about; `QUERY_TRADES=100000` for a quick look. */
const trades = Number(process.env['QUERY_TRADES'] ?? 1_000_000);
const rounds = 25;
const limit = 50;
const dayMs = 86_400_000;
const indexes = fileURLToPath(new URL('../../../firestore.indexes.json', import.meta.url));

export default benchmark({
  question: `How long do the slowest of the statements' queries take among ${trades} trades?`,
  unit: 'ms',
  target: { value: { atMost: 100 } },
  latency: true,
  samples: 5,
  timeLimitSeconds: 1_800,
  async setup(progress) {
    const cloud = await startCloudProcess(['--indexes', indexes]);
    const firestore = connectFirestore(cloud.hosts.firestore, cloud.project);
    progress(`writes ${trades} trades`);
    await writeBooks(firestore, trades);
    progress('asks each query once: the local cloud builds its index at the first');
    await timesOf(firestore, 0);
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
    const rows = await profitAndLossOf(firestore, { tenant }, { period: 'month', by: 'none' });
    assert.equal(
      rows.reduce((sum, row) => sum + row.trades, 0),
      trades,
    );
    assert.equal((await openTrades(firestore, uidOf(0))).length, openOfEach);
  },
  subject: async ({ firestore }) => {
    const times = new Map<string, number[]>();
    for (let round = 0; round < rounds; round += 1)
      for (const [query, time] of await timesOf(firestore, round))
        times.set(query, [...(times.get(query) ?? []), time]);
    return Math.max(...[...times.values()].map((each) => percentile(each, 0.99)));
  },
  async close({ cloud, firestore }) {
    await firestore.terminate();
    await cloud.close();
  },
});

/** How long each of the statements takes, one after the other, milliseconds: pages of lists, and sums in whole. */
async function timesOf(firestore: Firestore, round: number): Promise<Map<string, number>> {
  const before = Math.floor(((round + 1) * trades) / rounds) * everyMs;
  const uid = uidOf(round % users);
  const page = async (filter: Parameters<typeof latestTrades>[1]) => latestTrades(firestore, filter, limit);
  const pnl = async (...[filter, options]: [{ uid?: string }, Parameters<typeof profitAndLossOf>[2]]) =>
    profitAndLossOf(firestore, { tenant, ...filter }, options);
  const queries: Readonly<Record<string, () => Promise<unknown>>> = {
    'trades of a tenant': async () => page({ tenant, before }),
    'sales of 24 hours': async () => page({ tenant, side: 'sell', from: before - dayMs, before }),
    'trades of a user': async () => page({ tenant, uid }),
    'trades of a user and strategy': async () => page({ tenant, uid, strategy: `s${round % 5}` }),
    'what a user has open': async () => openTrades(firestore, uid),
    'daily P&L of a tenant by symbol': async () => pnl({}, { period: 'day', by: 'symbol' }),
    'weekly P&L of a tenant by strategy': async () => pnl({}, { period: 'week', by: 'strategy' }),
    'monthly P&L of a tenant by tag': async () => pnl({}, { period: 'month', by: 'tag' }),
    'daily fees of a tenant': async () => pnl({}, { period: 'day', by: 'none' }),
    'daily P&L of a user by symbol': async () => pnl({ uid }, { period: 'day', by: 'symbol' }),
  };
  const times = new Map<string, number>();
  for (const [name, ask] of Object.entries(queries)) {
    const start = performance.now();
    await ask();
    times.set(name, performance.now() - start);
  }
  return times;
}
