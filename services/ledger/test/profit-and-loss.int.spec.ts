import { mainAccount, paths } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { unpacedWrites } from '@bellwether/store';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { FieldValue } from '@google-cloud/firestore';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Books } from '../src/books/books.ts';
import { adopted, opened, positionOf, stopped } from '../src/commits/commit.builder.ts';
import {
  type PnlRow,
  type TradeFilter,
  profitAndLoss,
  profitAndLossOf,
  rebuildLedger,
  tradesOf,
  verify,
} from '../src/index.ts';
import type { PnlOptions } from '../src/statements/profit-and-loss.ts';
import { Journal } from './journal.ts';

const indexesFile = new URL('../../../firestore.indexes.json', import.meta.url).pathname;
const logger = createLogger({ service: 'ledger', level: 'silent' });
const tenant = 't1';
const day = 86_400_000;
const first = Date.parse('2026-11-27T00:00:00Z');
const lia = mainAccount(tenant, 'lia');
jest.setTimeout(60_000);

const byStrategy: PnlOptions = { period: 'week', by: 'strategy' };
const whole: readonly [string, Omit<TradeFilter, 'tenant'>, PnlOptions][] = [
  ['of a tenant by day and symbol', {}, { period: 'day', by: 'symbol' }],
  ['of a tenant by week and strategy', {}, byStrategy],
  ['of a tenant by month and tag', {}, { period: 'month', by: 'tag' }],
  ['of a tenant, all in all', {}, { period: 'month', by: 'none' }],
  ['of a user', { uid: 'lia' }, { period: 'day', by: 'tag' }],
  ['of a user and strategy', { uid: 'lia', strategy: 'swing' }, { period: 'day', by: 'none' }],
  ['of whole days', { from: first + day, before: first + 4 * day }, { period: 'day', by: 'symbol' }],
];
const inPart: typeof whole = [
  ['of days in part', { from: first + day / 2, before: first + 3.3 * day }, byStrategy],
  ['of a few hours', { from: first + 0.2 * day, before: first + 0.7 * day }, byStrategy],
  ['of one side', { side: 'sell' }, { period: 'day', by: 'none' }],
  ['of a strategy by symbol', { strategy: 'scalp' }, { period: 'month', by: 'symbol' }],
];

/** Of two users: more symbols, days, strategies and tags than the projection of one account holds. */
describe('profit and loss, with indexes enforced', () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await startTestCloud({ indexesFile });
    const books = new Books(cloud.firestore, unpacedWrites(cloud.firestore), logger);
    for (const uid of ['lia', 'max']) {
      const journal = new Journal(cloud, mainAccount(tenant, uid));
      await journal.append([opened(mainAccount(tenant, uid))]);
      const positions = Array.from({ length: 150 }, (_, i) =>
        positionOf(`${uid}-${i}`, {
          symbol: `S${i % 70}`,
          ...(i % 3 === 0 ? {} : { strategy: i % 3 === 1 ? 'swing' : 'scalp' }),
          ...(i % 4 === 0 ? {} : { tags: i % 4 === 1 ? ['a'] : ['a', 'b'] }),
        }),
      );
      for (let i = 0; i < 150; i += 50) {
        const some = positions.slice(i, i + 50);
        await journal.append(some.map(adopted));
        const closed = some.flatMap((position, j) =>
          stopped(position, `${94 + (j % 9)}.5`, '0.25', first + ((i + j) % 13) * (day / 2)),
        );
        await books.book(await journal.append(closed));
      }
    }
  });
  afterAll(async () => cloud.close());

  const told = async (filter: Omit<TradeFilter, 'tenant'>, options: PnlOptions): Promise<PnlRow[]> =>
    profitAndLossOf(cloud.firestore, { tenant, ...filter }, options);
  const byTrade = async (filter: Omit<TradeFilter, 'tenant'>, options: PnlOptions): Promise<PnlRow[]> =>
    profitAndLoss(tradesOf(cloud.firestore, { tenant, ...filter }), options);
  const sumsOf = async () => cloud.firestore.collection(paths.ledgerSums(tenant)).get();

  it.each([...whole, ...inPart])('%s is what its trades come to', async (_, filter, options) => {
    const rows = await told(filter, options);
    expect(rows).toEqual(await byTrade(filter, options));
    expect(rows.length).toBeGreaterThan(0);
  });

  it.each(whole)('%s is told without a look at a trade', async (_, filter, options) => {
    const rows = await told(filter, options);
    const { docs } = await cloud.firestore.collection(paths.ledgerTrades(tenant)).get();
    await Promise.all(docs.map(async ({ ref }) => ref.delete()));
    expect(await told(filter, options)).toEqual(rows);
    await Promise.all(docs.map(async (trade) => trade.ref.create(trade.data())));
  });

  it('adds up to the trades, or verify says where not', async () => {
    const { docs } = await sumsOf();
    expect(docs.length).toBeGreaterThan(2);
    const verified = async () =>
      (await verify(cloud.firestore, { accounts: [lia] })).differences.map(({ what }) => what);
    expect(await verified()).toEqual([]);
    const lost = docs.find(({ id }) => id.startsWith('lia.main:'));
    await lost?.ref.delete();
    expect((await verified())[0]).toMatch(/the sums of 2026-11-\d\d by symbol S0 in USDT are not there/);
    await rebuildLedger(cloud.firestore, lia, { write: true, logger });
    expect((await lost?.ref.get())?.data()).toEqual(lost?.data());
    expect(await verified()).toEqual([]);
  });

  it('is made anew where there are sums of nothing', async () => {
    const { docs } = await sumsOf();
    const own = docs.find(({ id }) => id.startsWith('lia.main:'));
    const stray = cloud.firestore.doc(paths.ledgerSum(tenant, 'lia.main:0000000001:9'));
    await stray.create({ ...own?.data(), eventId: stray.id });
    await rebuildLedger(cloud.firestore, lia, { write: true, logger });
    expect((await stray.get()).exists).toBe(false);
  });

  it('is told from the trades of accounts that were booked before there were sums, until they are rebuilt', async () => {
    const rows = await told({}, byStrategy);
    const projection = cloud.firestore.doc(paths.ledgerProjection(lia));
    await projection.update({ sums: FieldValue.delete() });
    const { docs } = await sumsOf();
    const own = docs.filter(({ id }) => id.startsWith('lia.main:'));
    await Promise.all(own.map(async ({ ref }) => ref.delete()));
    expect(await told({}, byStrategy)).toEqual(rows);
    await rebuildLedger(cloud.firestore, lia, { write: true, logger });
    expect((await projection.get()).get('sums')).toEqual(expect.any(String));
    expect(await told({}, byStrategy)).toEqual(rows);
  });
});
