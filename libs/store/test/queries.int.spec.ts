import { type QuerySpec, paths, queries, timeShards } from '@bellwether/contracts';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import type { Query } from '@google-cloud/firestore';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildQuery, listenToLatest, readLatest } from '../src/index.ts';

const indexesFile = new URL('../../../firestore.indexes.json', import.meta.url).pathname;

/** The paths of two collections that the query could be within. */
const places: Readonly<Record<string, (owner: string) => string>> = {
  openPositions: (uid) => paths.openPositions(uid),
  tradeTriggers: (uid) => paths.tradeTriggers(uid),
  signals: (uid) => paths.signals(uid),
  orders: (uid) => paths.orders(uid),
  accounts: (uid) => paths.accounts(uid),
  ops_safety: (uid) => `${paths.user(uid)}/ops_safety`,
  ledger_trades: (tenant) => paths.ledgerTrades(tenant),
  ledger_sums: (tenant) => paths.ledgerSums(tenant),
  shadowTradeHistory: (uid) => paths.shadowTrades(uid),
  deliveries: (tenant) => paths.deliveries(tenant),
  summaries: (tenant) => `${paths.tenant(tenant)}/summaries`,
};

/** The ids of the path, without the names of collections. */
async function idsOf(query: Query): Promise<string[]> {
  const { docs } = await query.get();
  return docs.map(({ ref }) =>
    ref.path
      .split('/')
      .filter((_, i) => i % 2 === 1)
      .join(' '),
  );
}

function fail(error: Error): never {
  throw error;
}

describe('the queries of the catalogue, with indexes enforced', () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await startTestCloud({ indexesFile });
  });
  afterAll(async () => cloud.close());

  it.each(Object.entries<QuerySpec>(queries))(
    '%s finds what it declares, in its order',
    async (name, spec) => {
      const place = places[spec.collection]!;
      const wanted = Object.fromEntries(spec.equal.map((field) => [field, `this ${field}`]));
      const write = async (owner: string, id: string, changes: Record<string, unknown> = {}, at = 0) => {
        const fields = { ...wanted, ...Object.fromEntries(spec.orderBy.map(({ field }) => [field, at])) };
        await cloud.firestore
          .doc(`${place(`${name}-${owner}`)}/${id}`)
          .set(nested({ ...fields, ...changes }));
      };
      await write('a', 'early', {}, 1);
      await write('a', 'late', {}, 3);
      await write('a', 'middle', {}, 2);
      await write('b', 'elsewhere');
      for (const [i, field] of spec.equal.entries()) await write('a', `other${i}`, { [field]: 'another' });

      const within = spec.scope === 'COLLECTION' ? { within: place(`${name}-a`) } : {};
      const found = await idsOf(buildQuery(cloud.firestore, spec, { values: wanted, ...within }));
      const byId = ['a early', 'a late', 'a middle', 'b elsewhere'];
      const byTime = ['b elsewhere', 'a early', 'a middle', 'a late'];
      const inOrder = { none: byId, ASCENDING: byTime, DESCENDING: byTime.toReversed() };
      const expected = inOrder[spec.orderBy[0]?.direction ?? 'none']
        .filter((id) => spec.scope === 'COLLECTION_GROUP' || id.startsWith('a'))
        .map((id) => `${name}-${id}`);
      expect(found).toEqual(expected);

      const first = await idsOf(buildQuery(cloud.firestore, spec, { values: wanted, ...within, limit: 1 }));
      expect(first).toEqual(found.slice(0, 1));
    },
  );

  it('find what is not before a moment', async () => {
    const changed = buildQuery(cloud.firestore, queries.changedOrdersOfShard, {
      values: { shard: 3 },
      from: 2,
    });
    for (const changedAt of [1, 2, 3])
      await cloud.firestore.doc(paths.order('ann', `at${changedAt}`)).set({ shard: 3, changedAt });
    expect(await idsOf(changed)).toEqual(['ann at2', 'ann at3']);
  });

  it('are not served by fields that the catalogue does not name', async () => {
    const trades = cloud.firestore.collection(paths.ledgerTrades('acme'));
    await expect(trades.where('symbol', '==', 'SPY').get()).rejects.toThrow(/FAILED_PRECONDITION/);
    await expect(trades.orderBy('tradedAt').get()).rejects.toThrow(/FAILED_PRECONDITION/);
  });

  it('refuse a collection that is not theirs', () => {
    const values = { 'details.status': 'open' };
    const within = paths.tradeTriggers('ann');
    expect(() => buildQuery(cloud.firestore, queries.openPositionsOfUser, { values, within })).toThrow(
      'users/ann/tradeTriggers is not a collection openPositions',
    );
    expect(() =>
      buildQuery(cloud.firestore, queries.armedPositionsOfShard, { values: { ...values, shard: 0 }, within }),
    ).toThrow('not within users/ann/tradeTriggers');
  });

  describe('for the latest over all shards of time', () => {
    const within = paths.ledgerTrades('latest');
    const spec = queries.lastTradesOfTenant;
    const trade = async (tradedAt: number) => {
      const id = `t${tradedAt}`;
      await cloud.firestore.doc(`${within}/${id}`).set({ id, tradedAt, shard: (tradedAt * 7) % timeShards });
    };
    beforeAll(async () => {
      for (let tradedAt = 1; tradedAt <= 20; tradedAt += 1) await trade(tradedAt);
    });

    it('merge them by time', async () => {
      const found = await readLatest<{ id: string }>(cloud.firestore, spec, { within, limit: 10 });
      const newestFirst = Array.from({ length: 10 }, (_, i) => `t${20 - i}`);
      expect(found.map(({ id }) => id)).toEqual(newestFirst);
    });

    it('are the latest of all, however they are spread over the shards', async () => {
      const time = fc.record({ shard: fc.nat({ max: timeShards - 1 }), tradedAt: fc.nat({ max: 12 }) });
      const skewed = fc.record({ shard: fc.constantFrom(2, 5), tradedAt: fc.nat({ max: 12 }) });
      const trades = fc.array(fc.oneof({ weight: 1, arbitrary: time }, { weight: 4, arbitrary: skewed }), {
        maxLength: 120,
      });
      let tenants = 0;
      await fc.assert(
        fc.asyncProperty(trades, fc.integer({ min: 1, max: 60 }), async (all, limit) => {
          tenants += 1;
          const of = paths.ledgerTrades(`spread${tenants}`);
          const stored = all.map((each, index) => ({ ...each, id: `t${String(index).padStart(3, '0')}` }));
          const batch = cloud.firestore.batch();
          for (const each of stored) batch.set(cloud.firestore.doc(`${of}/${each.id}`), each);
          await batch.commit();
          const found = await readLatest<{ id: string }>(cloud.firestore, spec, { within: of, limit });
          const expected = stored
            .toSorted((a, b) => b.tradedAt - a.tradedAt || (a.id < b.id ? 1 : -1))
            .slice(0, limit);
          expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
        }),
        { numRuns: 40 },
      );
    });

    it('cost about as many reads as are asked for, where they are spread evenly', async () => {
      const of = paths.ledgerTrades('even');
      const batch = cloud.firestore.batch();
      for (let tradedAt = 0; tradedAt < 400; tradedAt += 1)
        batch.set(cloud.firestore.doc(`${of}/t${tradedAt}`), { tradedAt, shard: tradedAt % timeShards });
      await batch.commit();
      const { 'firestore.reads': before = 0 } = cloud.meter.snapshot();
      expect(await readLatest(cloud.firestore, spec, { within: of, limit: 48 })).toHaveLength(48);
      const { 'firestore.reads': after = 0 } = cloud.meter.snapshot();
      expect(after - before).toBe(16 * timeShards);
    });

    it('keep telling them as they change', async () => {
      let told: string[] = [];
      const take = (documents: readonly { id: string }[]) => {
        told = documents.map(({ id }) => id);
      };
      const stop = listenToLatest<{ id: string }>(cloud.firestore, spec, { within, limit: 3 }, take, fail);
      await eventually(() => expect(told).toEqual(['t20', 't19', 't18']));
      await trade(21);
      await eventually(() => expect(told).toEqual(['t21', 't20', 't19']));
      stop();
    });
  });
});

/** `details.status` as `{ details: { status } }`. */
function nested(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(fields)) {
    const [outer = '', inner] = path.split('.');
    result[outer] = inner === undefined ? value : { [inner]: value };
  }
  return result;
}
