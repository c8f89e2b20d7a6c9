import { type LedgerTradeDocument, mainAccount, paths } from '@bellwether/contracts';
import { unpacedWrites } from '@bellwether/store';
import { createLogger } from '@bellwether/observability';
import { type TestCloud, ledgerTradeOf, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Books } from '../src/books/books.ts';
import { adopted, positionOf, stopped } from '../src/commits/commit.builder.ts';
import {
  type TradeFilter,
  balancesOf,
  latestTrades,
  openTrades,
  profitAndLoss,
  tradesOf,
} from '../src/index.ts';
import { Journal } from './journal.ts';

const indexesFile = new URL('../../../firestore.indexes.json', import.meta.url).pathname;
const logger = createLogger({ service: 'ledger', level: 'silent' });
const tenant = 't1';
jest.setTimeout(30_000);

/** Trades of two users, two strategies and both sides, one an hour from hour 0 on. */
const all: readonly LedgerTradeDocument[] = Array.from({ length: 60 }, (_, hour) =>
  ledgerTradeOf(hour, { strategy: hour % 5 === 0 ? 'swing' : 'scalp' }),
);

async function collected(trades: AsyncIterable<LedgerTradeDocument>): Promise<LedgerTradeDocument[]> {
  const found: LedgerTradeDocument[] = [];
  for await (const trade of trades) found.push(trade);
  return found;
}

const isIn =
  ({ uid, strategy, side, from = 0, before = Infinity }: TradeFilter) =>
  (trade: LedgerTradeDocument) =>
    (uid === undefined || trade.uid === uid) &&
    (strategy === undefined || trade.strategy === strategy) &&
    (side === undefined || trade.side === side) &&
    trade.tradedAt >= from &&
    trade.tradedAt < before;

const openedAt = (at: number) => adopted(positionOf(`p${at}`, { openedAt: at }));

describe('the statements, with indexes enforced', () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await startTestCloud({ indexesFile });
    const batch = cloud.firestore.batch();
    for (const trade of all)
      batch.create(cloud.firestore.doc(paths.ledgerTrade(tenant, trade.eventId)), trade);
    await batch.commit();
  });
  afterAll(async () => cloud.close());

  it.each<[string, Omit<TradeFilter, 'tenant'>]>([
    ['of a tenant', {}],
    ['of a tenant between two times', { from: 10 * 3_600_000, before: 20 * 3_600_000 }],
    ['that sold in the last 24 hours', { side: 'sell', from: 36 * 3_600_000 }],
    ['of a user', { uid: 'ann' }],
    ['of a user and strategy', { uid: 'ann', strategy: 'swing' }],
    [
      'of a user and strategy on one side until a time',
      { uid: 'ann', strategy: 'scalp', side: 'sell', before: 1e8 },
    ],
    ['of a strategy of all users', { strategy: 'swing' }],
    ['of nobody', { uid: 'eve' }],
  ])('tell the trades %s, newest first', async (_, parts) => {
    const filter = { tenant, ...parts };
    const expected = all.filter(isIn(filter)).toReversed();
    expect(await latestTrades(cloud.firestore, filter, 100)).toEqual(expected);
    expect(await latestTrades(cloud.firestore, filter, 3)).toEqual(expected.slice(0, 3));
    const found = await collected(tradesOf(cloud.firestore, filter));
    expect(found.toSorted((a, b) => b.tradedAt - a.tradedAt)).toEqual(expected);
  });

  it('read every page of a shard', async () => {
    const many = Array.from({ length: 1_001 }, (_, i) => ({
      ...all[0],
      shard: 3,
      uid: 'meg',
      eventId: `meg.main:${i}`,
    }));
    for (let first = 0; first < many.length; first += 400) {
      const batch = cloud.firestore.batch();
      for (const trade of many.slice(first, first + 400))
        batch.create(cloud.firestore.doc(paths.ledgerTrade('t2', trade.eventId)), trade);
      await batch.commit();
    }
    const found = await collected(tradesOf(cloud.firestore, { tenant: 't2', uid: 'meg' }));
    expect(new Set(found.map((trade) => trade.eventId)).size).toBe(1_001);
  });

  it('sum profit and loss by day', async () => {
    const rows = await profitAndLoss(tradesOf(cloud.firestore, { tenant, before: 48 * 3_600_000 }), {
      period: 'day',
      by: 'none',
    });
    const day = { group: '-', currency: 'USD', trades: 24, realizedPnl: '24', fees: '12', net: '12' };
    expect(rows).toEqual([
      { ...day, from: '1970-01-01' },
      { ...day, from: '1970-01-02' },
    ]);
  });

  it('tell what a user has open, newest first', async () => {
    const ref = mainAccount('t3', 'zoe');
    const journal = new Journal(cloud, ref);
    const books = new Books(cloud.firestore, unpacedWrites(cloud.firestore), logger);
    await journal.append([1_000, 3_000, 2_000, 4_000].map(openedAt));
    await books.book(await journal.append(stopped(positionOf('p4000', { openedAt: 4_000 }), '94')));
    const found = await openTrades(cloud.firestore, 'zoe');
    expect(found.map(({ positionId, status }) => [positionId, status])).toEqual([
      ['p3000', 'OPEN'],
      ['p2000', 'OPEN'],
      ['p1000', 'OPEN'],
    ]);
  });

  it('sum the balances of a tenant, and of the house, over their accounts', async () => {
    const books = new Books(cloud.firestore, unpacedWrites(cloud.firestore), logger);
    for (const [owner, uid] of [
      ['t4', 'ida'],
      ['t4', 'joe'],
      ['t5', 'kim'],
    ] as const) {
      const journal = new Journal(cloud, mainAccount(owner, uid));
      const position = positionOf(`${uid}-p`, { openedAt: 1_000 });
      await journal.append([adopted(position)]);
      await books.book(await journal.append(stopped(position, '94')));
    }
    const { firestore } = cloud;
    expect(await balancesOf(firestore, { kind: 'tenant', tenant: 't4' })).toEqual([
      { ledgerAccount: 'cash', currency: 'USDT', amount: '94' },
      { ledgerAccount: 'realizedPnl', currency: 'USDT', amount: '6' },
      { ledgerAccount: 'world', currency: 'USDT', amount: '-100' },
    ]);
    const house = await balancesOf(firestore, { kind: 'system' });
    const ofTenants = await Promise.all(
      ['t3', 't4', 't5'].map(async (each) => balancesOf(firestore, { kind: 'tenant', tenant: each })),
    );
    for (const { ledgerAccount, currency, amount } of house) {
      const own = ofTenants
        .flat()
        .filter((row) => row.ledgerAccount === ledgerAccount && row.currency === currency);
      expect(own.reduce((sum, row) => sum + Number(row.amount), 0)).toBe(Number(amount));
    }
  });
});
