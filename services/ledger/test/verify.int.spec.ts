import { type AccountRef, mainAccount, paths } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { type StoreFirestore, connectFirestore, unpacedWrites } from '@bellwether/store';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { FieldValue } from '@google-cloud/firestore';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Books } from '../src/books/books.ts';
import { adopted, opened, positionOf, stopped } from '../src/commits/commit.builder.ts';
import { verify } from '../src/index.ts';
import { Journal } from './journal.ts';

const logger = createLogger({ service: 'ledger', level: 'silent' });
jest.setTimeout(30_000);
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

interface Lived {
  readonly ref: AccountRef;
  readonly journal: Journal;
  readonly books: Books;
  /** The position that is open; the other one is closed. */
  readonly open: string;
  readonly closed: string;
}

/** An account of three commits, all booked. */
async function lived(): Promise<Lived> {
  users += 1;
  const ref = mainAccount('t1', `u${users}`);
  const journal = new Journal(cloud, ref);
  const books = new Books(cloud.firestore, unpacedWrites(cloud.firestore), logger);
  const [open, closed] = [`${ref.uid}-p`, `${ref.uid}-q`];
  await journal.append([opened(ref)]);
  await journal.append([adopted(positionOf(open)), adopted(positionOf(closed))]);
  await books.book(await journal.append(stopped(positionOf(closed), '94')));
  return { ref, journal, books, open, closed };
}

async function foundIn({ ref }: Lived): Promise<string[]> {
  const { differences } = await verify(ours, { accounts: [ref] });
  return differences.map(({ about, what }) => `${about}: ${what}`);
}

const change = async (path: string, fields: Record<string, unknown>) =>
  cloud.firestore.doc(path).update(fields);
const remove = async (path: string) => cloud.firestore.doc(path).delete();

describe('verifying an account', () => {
  it('finds nothing where everything adds up, and counts what it read', async () => {
    const { ref } = await lived();
    const seen: string[] = [];
    const report = await verify(ours, {
      accounts: [ref],
      onAccount: ({ account }, total) => seen.push(`${account.accountId} of ${total}`),
    });
    expect(report).toMatchObject({ accounts: 1, commits: 3, entries: 3, trades: 1, differences: [] });
    expect(report.house).toMatchObject({ accounts: 1, imbalance: {} });
    expect(seen).toEqual([`${ref.accountId} of 1`]);
  });

  it.each<[string, (life: Lived) => Promise<unknown>, (life: Lived) => string]>([
    [
      'a journal entry that is gone',
      async ({ ref }) => remove(paths.journalEntry(ref, 2)),
      () => 'journal: the entries 2 to 2 are missing',
    ],
    [
      'a journal entry that was changed',
      async ({ ref }) => change(paths.journalEntry(ref, 1), { traceparent: 'forged' }),
      () => 'journal: entry 1 is not what its hash was made of',
    ],
    [
      'a last journal entry that is gone',
      async ({ ref }) => remove(paths.journalEntry(ref, 3)),
      () => 'state: the account is at entry 3 of 2',
    ],
    [
      'a listed position whose document is gone',
      async ({ ref, open }) => remove(paths.openPosition(ref.uid, open)),
      ({ open }) => `state: the account lists position ${open}, which is not stored`,
    ],
    [
      'a listed position that is closed',
      async ({ ref, open }) => change(paths.openPosition(ref.uid, open), { 'details.status': 'closed' }),
      ({ open }) => `state: the account lists position ${open}, which is closed`,
    ],
    [
      'an open position that is not listed',
      async ({ ref, closed }) => change(paths.openPosition(ref.uid, closed), { 'details.status': 'open' }),
      ({ closed }) => `state: position ${closed} is open, and the account does not list it`,
    ],
    [
      'a trigger of an account that is not there',
      async ({ ref }) =>
        cloud.firestore
          .doc(paths.tradeTrigger(ref.uid, 'stray'))
          .set({ schema: 2, accountId: `${ref.uid}.gone`, details: { status: 'active' } }),
      ({ ref }) => `state: trigger stray is of account ${ref.uid}.gone, which is not stored`,
    ],
    [
      'cash that no event made',
      async ({ ref }) => change(paths.account(ref), { 'cash.USDT': '1000' }),
      () => 'state: the account holds 1000 USDT, by the journal 47',
    ],
    [
      'a balance that is not the sum of its postings',
      async ({ ref }) => change(paths.ledgerProjection(ref), { 'balances.cash|USDT': FieldValue.delete() }),
      () => 'books: the balance of cash|USDT is 0, its postings sum to 47',
    ],
    [
      'an entry that was changed',
      async ({ ref }) =>
        change(paths.ledgerEntry('t1', `${ref.accountId}:0000000002:0`), {
          postings: [{ ledgerAccount: 'world', currency: 'USDT', amount: '-50.01' }],
        }),
      ({ ref }) => `books: entry ${ref.accountId}:0000000002:0 is off by -50.01 USDT`,
    ],
    [
      'a trade without its entry',
      async ({ ref }) => remove(paths.ledgerEntry('t1', `${ref.accountId}:0000000003:2`)),
      ({ ref }) => `books: trade ${ref.accountId}:0000000003:1 has no entry`,
    ],
    [
      'a commit that is not booked',
      async ({ journal, ref }) => journal.append([adopted(positionOf(`${ref.uid}-r`))]),
      () => 'booking: booked is up to entry 3 of 4',
    ],
  ])('names %s', async (_, spoil, difference) => {
    const life = await lived();
    await spoil(life);
    expect(await foundIn(life)).toContain(difference(life));
  });

  it('names the account in which something cannot be read', async () => {
    const { ref } = await lived();
    await change(paths.ledgerProjection(ref), { 'balances.cash|USDT': 'much' });
    const unreadable = verify(ours, { accounts: [ref] });
    await expect(unreadable).rejects.toThrow(`account ${ref.accountId} cannot be verified`);
    await expect(unreadable).rejects.toHaveProperty('cause.message', 'not a decimal: much');
  });

  it('takes what is not booked yet for nothing else', async () => {
    const life = await lived();
    await life.journal.append(stopped(positionOf(life.open), '94'));
    expect(await foundIn(life)).toEqual(['booking: booked is up to entry 3 of 4']);
  });

  it('gives the ledger the time that it is told to', async () => {
    const { ref, journal, books } = await lived();
    const commit = await journal.append([adopted(positionOf(`${ref.uid}-r`))]);
    const verifying = verify(ours, { accounts: [ref], patienceMs: 20_000 });
    await books.book(commit);
    expect((await verifying).differences).toEqual([]);
  });

  it('proposes a repair and makes none', async () => {
    const { ref, open } = await lived();
    await remove(paths.openPosition(ref.uid, open));
    const first = await verify(ours, { accounts: [ref] });
    expect(first.differences).toMatchObject([
      { account: ref, about: 'state', repair: `bellwether rebuild --account ${ref.accountId} --write --yes` },
    ]);
    expect(await verify(ours, { accounts: [ref] })).toEqual(first);
  });
});
