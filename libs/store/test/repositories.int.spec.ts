import { type CollectionName, type LedgerTradeDocument, collections, paths } from '@bellwether/contracts';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ImmutableRepository, Repository } from '../src/documents/repository.ts';
import {
  DocumentTooLargeError,
  type Repositories,
  isFailedPrecondition,
  repositoriesOf,
} from '../src/index.ts';

const trade: LedgerTradeDocument = {
  eventId: 'e1',
  bookedAs: 'e2',
  shard: 0,
  accountId: 'ann.main',
  uid: 'ann',
  seq: 2,
  positionId: 'p1',
  orderId: 'ann.main.p1.exit',
  symbol: 'SPY',
  side: 'sell',
  positionSide: 'long',
  effect: 'close',
  quantity: '2',
  price: '95',
  currency: 'USD',
  proceeds: '190',
  fee: '0',
  feeCurrency: 'USD',
  realizedPnl: '-10',
  reason: 'stopLoss',
  broker: 'shadow',
  tradedAt: 1,
};
const feed = { feed: 'tape', startedAt: 1, status: 'running' } as const;

describe('the repositories', () => {
  let cloud: TestCloud;
  let stored: Repositories;
  beforeAll(async () => {
    cloud = await startTestCloud();
    stored = repositoriesOf(cloud.firestore);
  });
  afterAll(async () => cloud.close());

  it('are one for each collection, which changes only what may change', () => {
    expect(Object.keys(stored)).toEqual(Object.keys(collections));
    for (const [name, repository] of Object.entries(stored)) {
      const { isImmutable } = Object.entries(collections).find(([each]) => each === name)![1];
      expect(repository).toBeInstanceOf(ImmutableRepository);
      expect(repository instanceof Repository).toBe(!isImmutable);
    }
  });

  it('read what they have written, with its times', async () => {
    const path = paths.ledgerTrade('acme', 'e1');
    expect(await stored.ledgerTrades.read(path)).toBeUndefined();
    const writtenAt = await stored.ledgerTrades.create(path, trade);
    expect(await stored.ledgerTrades.read(path)).toEqual({
      document: trade,
      createTime: writtenAt,
      updateTime: writtenAt,
    });
    await expect(stored.ledgerTrades.create(path, trade)).rejects.toMatchObject({ code: 6 });
  });

  it('read many in the order in which they were asked for', async () => {
    await stored.feeds.create(paths.feed('tape-2'), { ...feed, startedAt: 2 });
    await stored.feeds.create(paths.feed('tape-1'), feed);
    const found = await stored.feeds.readAll(['tape-1', 'tape-3', 'tape-2'].map(paths.feed));
    expect(found.map((each) => each?.document.startedAt)).toEqual([1, undefined, 2]);
    expect(await stored.feeds.readAll([])).toEqual([]);
  });

  it('change a document at the time at which it was last written', async () => {
    const path = paths.feed('tape-4');
    const createdAt = await stored.feeds.create(path, feed);
    const closedAt = await stored.feeds.update(path, { status: 'closed' }, createdAt);
    const outdated = stored.feeds.update(path, { status: 'running' }, createdAt);
    expect(await outdated.catch(isFailedPrecondition)).toBe(true);
    expect(await stored.feeds.read(path)).toMatchObject({
      document: { ...feed, status: 'closed' },
      updateTime: closedAt,
    });
    await stored.feeds.set(path, { ...feed, startedAt: 9 });
    expect((await stored.feeds.read(path))?.document).toEqual({ ...feed, startedAt: 9 });
  });

  it.each<[string, (repositories: Repositories) => Promise<unknown>]>([
    ['read', async ({ feeds }) => feeds.read(paths.gap('g'))],
    ['readAll', async ({ feeds }) => feeds.readAll([paths.feed('x'), paths.gap('g')])],
    ['create', async ({ feeds }) => feeds.create(paths.gap('g'), feed)],
    ['set', async ({ feeds }) => feeds.set(paths.gap('g'), feed)],
    ['update', async ({ feeds }) => feeds.update(paths.gap('g'), feed)],
  ])('%s nothing of another collection', async (_method, call) => {
    await expect(call(stored)).rejects.toThrow('ops_gaps/g is not of the collection feeds');
  });

  it('refuse what a collection has no room for, and write nothing', async () => {
    const large = { ...trade, reason: 'x'.repeat(256 * 1024) };
    const path = paths.ledgerTrade('acme', 'large');
    await expect(stored.ledgerTrades.create(path, large)).rejects.toThrow(DocumentTooLargeError);
    const many = Array.from({ length: 33 }, () => {
      return { ledgerAccount: 'cash', currency: 'USD', amount: '1' };
    });
    const entry = { eventId: 'e', accountId: 'a', uid: 'u', seq: 1, kind: 'k', positionId: 'p', at: 0 };
    await expect(
      stored.ledgerEntries.create(paths.ledgerEntry('acme', 'e'), { ...entry, postings: many }),
    ).rejects.toThrow('postings of tenants/acme/ledger_entries/e would hold 33 elements, more than 32');
    const names: readonly CollectionName[] = ['ledgerTrades', 'ledgerEntries'];
    const written = await Promise.all(
      names.map(async (name) =>
        stored[name].read(name === 'ledgerTrades' ? path : paths.ledgerEntry('acme', 'e')),
      ),
    );
    expect(written).toEqual([undefined, undefined]);
  });
});
