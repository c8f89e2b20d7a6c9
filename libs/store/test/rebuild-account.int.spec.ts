import { type AccountRef, paths } from '@bellwether/contracts';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { FieldValue } from '@google-cloud/firestore';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  BrokenJournalError,
  StoreFirestore,
  listAccounts,
  readCommits,
  rebuildAccount,
} from '../src/index.ts';
import { accountStep, live } from './account-commands.arbitrary.ts';
import { adopted, byFrame, closed, commitTo, newAccount, opened, resumed, storeOn } from './store.builder.ts';

/** Processes that commit to one account. */
const writers = 3;
const options = { shards: 2, now: 1_000 };

describe('rebuilding an account', () => {
  let cloud: TestCloud;
  let clients: readonly StoreFirestore[];
  beforeAll(async () => {
    cloud = await startTestCloud();
    clients = Array.from({ length: writers }, () => new StoreFirestore(cloud.environment));
  });
  afterAll(async () => {
    await Promise.all(clients.map(async (client) => client.terminate()));
    await cloud.close();
  });

  const rebuild = async (account: AccountRef, write = false) =>
    rebuildAccount(cloud.firestore, account, { ...options, write });
  const stored = async (path: string) => (await cloud.firestore.doc(path).get()).data();

  /** Ann's account with one position open and another closed. */
  async function lived(): Promise<AccountRef> {
    const account = newAccount();
    const store = storeOn(cloud);
    await commitTo(store, account, [opened(account), resumed]);
    await commitTo(store, account, [adopted('p1'), adopted('p2')]);
    await commitTo(store, account, [closed('p2')]);
    return account;
  }

  const life = fc.array(fc.record({ step: accountStep, by: fc.nat({ max: writers - 1 }) }), {
    minLength: 1,
    maxLength: 30,
  });

  it('finds nothing after any life of an account, whichever process wrote what, and everything that is changed behind its back', async () => {
    await fc.assert(
      fc.asyncProperty(life, fc.nat(), async (steps, which) => {
        const account = newAccount();
        await live(
          account,
          steps,
          clients.map((client) => storeOn(client)),
        );
        expect((await rebuild(account)).differences).toEqual([]);
        const { docs } = await cloud.firestore.collection(`${paths.user(account.uid)}/openPositions`).get();
        const victim = docs[which % docs.length]?.ref ?? cloud.firestore.doc(paths.account(account));
        await victim.update({ version: -1 });
        expect((await rebuild(account)).differences).toMatchObject([
          { path: victim.path, field: 'version', stored: -1 },
        ]);
        await rebuild(account, true);
        expect((await rebuild(account)).differences).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('restores a credit transaction and the balance of credits', async () => {
    const account = newAccount();
    const store = storeOn(cloud);
    await commitTo(store, account, [opened(account), resumed]);
    const by = { actor: 'test', reason: 'a gift' };
    await commitTo(store, account, [{ type: 'CreditsGranted', amount: '5', available: '5', ...by }]);
    expect((await rebuild(account)).differences).toEqual([]);
    const id = `${account.accountId}:0000000002:0`;
    await cloud.firestore.doc(paths.creditTransaction(account.uid, id)).delete();
    await cloud.firestore
      .doc(paths.creditsBalance(account.uid))
      .update({ accounts: { [account.accountId]: { available: '50', reserved: '0' } } });
    expect((await rebuild(account, true)).differences).toMatchObject([
      { path: paths.creditTransaction(account.uid, id), stored: undefined },
      { path: paths.creditsBalance(account.uid), stored: '50', journal: '5' },
    ]);
    expect((await rebuild(account)).differences).toEqual([]);
  });

  it('names the document and the field, and what either says', async () => {
    const account = await lived();
    const path = paths.openPosition(account.uid, 'p1');
    await cloud.firestore.doc(path).update({ 'details.exits.stopLoss.price': '1', extra: true });
    await cloud.firestore.doc(paths.account(account)).update({ openPositionIds: [] });
    const { entries, documents, differences } = await rebuild(account);
    expect([entries, documents]).toEqual([3, 3]);
    expect(differences).toEqual([
      { path: paths.account(account), field: 'openPositionIds', stored: [], journal: ['p1'] },
      { path, field: 'details.exits.stopLoss.price', stored: '1', journal: '95' },
      { path, field: 'extra', stored: true, journal: undefined },
    ]);
  });

  it('misses what is open and gone, and not what is closed and has expired', async () => {
    const account = await lived();
    for (const id of ['p1', 'p2']) await cloud.firestore.doc(paths.openPosition(account.uid, id)).delete();
    const { differences } = await rebuild(account);
    expect(differences).toMatchObject([
      { path: paths.openPosition(account.uid, 'p1'), field: '', stored: undefined },
    ]);
  });

  it('misses a signal that is active and gone', async () => {
    const account = newAccount();
    const view = { symbol: 'BTC-USDT', side: 'long', source: 'test', confidence: '0.5' } as const;
    const times = { armedFrom: { at: 1_000 }, expiresAt: 9_000, createdAt: 1_000 };
    const signal = { id: 's1', priceSource: 'trade', ...view, ...times } as const;
    await commitTo(storeOn(cloud), account, [opened(account), { type: 'SignalCreated', signal }]);
    const path = paths.signal(account.uid, 's1');
    await cloud.firestore.doc(path).delete();
    expect((await rebuild(account)).differences).toMatchObject([{ path, stored: undefined }]);
  });

  it.each([
    ['position', paths.openPosition],
    ['signal', paths.signal],
  ])('finds a %s that the journal knows nothing of', async (_, at) => {
    const account = await lived();
    const path = at(account.uid, 'stray');
    await cloud.firestore.doc(path).set({ accountId: account.accountId });
    expect((await rebuild(account)).differences).toMatchObject([{ path, field: '', journal: undefined }]);
    await rebuild(account, true);
    expect(await stored(path)).toBeUndefined();
  });

  it('repairs documents as the journal makes them, never the journal, and the account goes on', async () => {
    const account = newAccount();
    const store = storeOn(cloud);
    await commitTo(store, account, [opened(account), resumed]);
    await commitTo(store, account, [adopted('p1'), adopted('p2')]);
    await commitTo(store, account, [closed('p2')]);
    const open = paths.openPosition(account.uid, 'p1');
    const over = paths.openPosition(account.uid, 'p2');
    const before = { open: await stored(open), journal: await readCommits(cloud.firestore, account, 1, 9) };
    await cloud.firestore.doc(open).set({ accountId: account.accountId });
    await cloud.firestore.doc(over).update({ 'details.status': 'open', expireAt: FieldValue.delete() });
    await rebuild(account, true);
    expect(await stored(open)).toEqual({ ...before.open, changedAt: options.now });
    expect(await stored(over)).toHaveProperty('expireAt');
    expect(await readCommits(cloud.firestore, account, 1, 9)).toEqual(before.journal);
    // The store holds the account as it was before the repair.
    const request = { cause: byFrame, traceparent: '', positionIds: ['p1'] } as const;
    const close = async () =>
      (await store.commit(account, { ...request, decide: () => ({ events: [closed('p1')] }) })).status;
    expect([await close(), await close()]).toContain('committed');
    expect((await rebuild(account)).differences).toEqual([]);
  });

  it('refuses a journal with an entry of another account', async () => {
    const account = await lived();
    const [, second] = await readCommits(cloud.firestore, account, 1, 2);
    await cloud.firestore
      .doc(paths.journalEntry(account, 2))
      .set({ ...second?.commit, previousHash: 'another' });
    await expect(rebuild(account, true)).rejects.toThrow(BrokenJournalError);
  });

  it('lists every account, also one that has lost its document', async () => {
    const account = await lived();
    await cloud.firestore.doc(paths.account(account)).delete();
    expect(await listAccounts(cloud.firestore)).toContainEqual(account);
    expect((await rebuild(account)).differences).toMatchObject([{ path: paths.account(account), field: '' }]);
  });
});
