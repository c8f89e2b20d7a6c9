import { type AccountRef, mainAccount, paths } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { BrokenJournalError, type StoreFirestore, connectFirestore, unpacedWrites } from '@bellwether/store';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Books } from '../src/books/books.ts';
import { adopted, opened, positionOf, stopped } from '../src/commits/commit.builder.ts';
import { rebuildLedger, verify } from '../src/index.ts';
import { Journal } from './journal.ts';

const logger = createLogger({ service: 'ledger', level: 'silent' });
jest.setTimeout(30_000);

describe('rebuilding the books of an account', () => {
  let cloud: TestCloud;
  /** Reads as the services do. */
  let ours: StoreFirestore;
  let users = 0;
  beforeAll(async () => {
    cloud = await startTestCloud();
    ours = connectFirestore(cloud.environment);
  });
  afterAll(async () => {
    await ours.terminate();
    await cloud.close();
  });

  const newBooks = () => new Books(cloud.firestore, unpacedWrites(cloud.firestore), logger);
  const rebuild = async (ref: AccountRef, write = false) => rebuildLedger(ours, ref, { write, logger });
  const remove = async (path: string) => cloud.firestore.doc(path).delete();
  const differing = async (ref: AccountRef) => (await rebuild(ref)).differences.map(({ path }) => path);
  const verified = async (ref: AccountRef) =>
    (await verify(ours, { accounts: [ref] })).differences.map(({ what }) => what);

  /** One position is closed, one is open; all of it is booked. */
  async function lived(): Promise<{ ref: AccountRef; journal: Journal }> {
    users += 1;
    const ref = mainAccount('t1', `u${users}`);
    const journal = new Journal(cloud, ref);
    const [open, closed] = [positionOf(`${ref.uid}-p`), positionOf(`${ref.uid}-q`)];
    await journal.append([opened(ref)]);
    await journal.append([adopted(open), adopted(closed)]);
    await newBooks().book(await journal.append(stopped(closed, '94')));
    return { ref, journal };
  }

  it('finds books as the journal makes them', async () => {
    const { ref } = await lived();
    expect(await rebuild(ref)).toEqual({
      account: ref,
      entries: 3,
      documents: 7,
      differences: [],
      lasting: [],
    });
  });

  it.each<[string, (ref: AccountRef) => string]>([
    ['the projection', (ref) => paths.ledgerProjection(ref)],
    ['an entry', ({ accountId }) => paths.ledgerEntry('t1', `${accountId}:0000000003:2`)],
    ['a trade', ({ accountId }) => paths.ledgerTrade('t1', `${accountId}:0000000003:1`)],
    ['a shadow trade', ({ uid }) => paths.shadowTrade(uid, `${uid}-q`)],
  ])('restores %s that is gone, and the ledger goes on', async (_, at) => {
    const { ref, journal } = await lived();
    const before = (await cloud.firestore.doc(at(ref)).get()).data();
    await remove(at(ref));
    expect(await differing(ref)).toEqual([at(ref)]);
    await rebuild(ref, true);
    expect((await cloud.firestore.doc(at(ref)).get()).data()).toEqual(before);
    expect(await differing(ref)).toEqual([]);
    await newBooks().book(await journal.append(stopped(positionOf(`${ref.uid}-p`), '94')));
    expect(await verified(ref)).toEqual([]);
  });

  it('switches in a projection without what the old one had too much', async () => {
    const { ref } = await lived();
    const changes = { entries: 7, balances: { 'cash|USDT': '1', 'cash|EUR': '5' } };
    await cloud.firestore.doc(paths.ledgerProjection(ref)).update(changes);
    await rebuild(ref, true);
    expect([await differing(ref), await verified(ref)]).toEqual([[], []]);
  });

  it('books what was committed and never booked', async () => {
    const { ref, journal } = await lived();
    await journal.append(stopped(positionOf(`${ref.uid}-p`), '94'));
    expect((await rebuild(ref)).differences).toEqual([
      { path: paths.ledgerProjection(ref), field: 'watermark', stored: 3, journal: 4 },
    ]);
    await rebuild(ref, true);
    expect([await differing(ref), await verified(ref)]).toEqual([[], []]);
  });

  it('never changes an entry, and says that it stays', async () => {
    const { ref } = await lived();
    const path = paths.ledgerEntry('t1', `${ref.accountId}:0000000003:2`);
    await cloud.firestore.doc(path).update({ kind: 'forged' });
    expect((await rebuild(ref, true)).lasting).toMatchObject([{ path, stored: { kind: 'forged' } }]);
    expect(await differing(ref)).toEqual([path]);
  });

  it('makes nothing of a broken journal', async () => {
    const { ref } = await lived();
    await remove(paths.journalEntry(ref, 2));
    await expect(rebuild(ref, true)).rejects.toThrow(BrokenJournalError);
  });
});
