import { type AccountRef, type Commit, paths } from '@bellwether/contracts';
import { type TestEmulators, startTestEmulators } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Outbox, hashCommit, quarantineTo, readCommit, readCommits } from '../src/index.ts';
import { byFrame, commitTo, halted, newAccount, opened, resumed, storeOn } from './store.builder.ts';

let cloud: TestEmulators;
beforeAll(async () => {
  cloud = await startTestEmulators();
});
afterAll(async () => cloud.close());

describe('the journal', () => {
  const account = newAccount();
  const length = 450;

  beforeAll(async () => {
    const batch = cloud.firestore.batch();
    for (let seq = 1; seq <= length; seq += 1)
      batch.create(cloud.firestore.doc(paths.journalEntry(account, seq)), entry(account, seq));
    await batch.commit();
  });

  it.each<[string, number, number, number, number]>([
    ['all of it, over several pages', 1, 450, 1, 450],
    ['a part that begins and ends inside a page', 199, 402, 199, 402],
    ['exactly one page', 1, 200, 1, 200],
    ['as much as there is', 440, 900, 440, 450],
    ['one entry', 201, 201, 201, 201],
  ])('is read: %s, ascending', async (_what, from, to, first, last) => {
    const found = await readCommits(cloud.firestore, account, from, to);
    expect(found.map(({ commit }) => commit.seq)).toEqual(
      Array.from({ length: last - first + 1 }, (_, i) => first + i),
    );
  });

  it('has nothing behind its end', async () => {
    expect(await readCommits(cloud.firestore, account, length + 1, length + 50)).toEqual([]);
    expect(await readCommit(cloud.firestore, account, length + 1)).toBeUndefined();
  });

  it('gives entries back as they were hashed, with the moment of their commit', async () => {
    const stored = await readCommit(cloud.firestore, account, 7);
    const { updateTime } = await cloud.firestore.doc(paths.journalEntry(account, 7)).get();
    const { hash, ...unhashed } = stored!.commit;
    expect(hashCommit(unhashed)).toBe(hash);
    expect(stored?.commitTime).toEqual(updateTime);
    expect(stored?.committedAt).toBe(updateTime!.seconds * 1_000 + updateTime!.nanoseconds / 1e6);
  });
});

describe('the outbox', () => {
  it('holds every commit until it is settled, of all accounts', async () => {
    const outbox = new Outbox(cloud.firestore);
    const store = storeOn(cloud);
    const accounts = Array.from({ length: 20 }, newAccount);
    await Promise.all(
      accounts.map(async (account) => {
        for (const events of [[opened(account)], [resumed], [halted]]) await commitTo(store, account, events);
      }),
    );
    const pending = (await outbox.pending()).filter((each) => 'accountId' in each);
    expect(pending.map(idOf).toSorted()).toEqual(
      accounts.flatMap(({ accountId }) => [1, 2, 3].map((seq) => idOf({ accountId, seq }))).toSorted(),
    );
    for (const { tenantId, uid, accountId, seq, committedAt } of pending) {
      const stored = await readCommit(cloud.firestore, { tenant: tenantId, uid, accountId }, seq);
      expect(stored?.committedAt).toBe(committedAt);
    }

    await outbox.settle(pending.filter(({ seq }) => seq !== 2));
    expect((await outbox.pending()).map(({ seq }) => seq)).toEqual(accounts.map(() => 2));
    await outbox.settle([...pending, ...pending]);
    expect(await outbox.pending()).toEqual([]);
  });

  it('settles more than fits one batch', async () => {
    const outbox = new Outbox(cloud.firestore);
    const account = newAccount();
    const seqs = Array.from({ length: 650 }, (_, i) => ({ accountId: account.accountId, seq: i + 1 }));
    for (let at = 0; at < seqs.length; at += 325) {
      const batch = cloud.firestore.batch();
      for (const { accountId, seq } of seqs.slice(at, at + 325))
        batch.create(cloud.firestore.doc(paths.outboxPointer(accountId, seq)), { accountId, seq });
      await batch.commit();
    }
    expect(await outbox.pending(200)).toHaveLength(200);
    await outbox.settle(seqs);
    expect(await outbox.pending()).toEqual([]);
  });
});

describe('the quarantine', () => {
  const message = {
    id: '17',
    data: Buffer.from('{"broken"'),
    attributes: { 'ce-type': 'x' },
    publishedAt: 1_000,
  };

  it('keeps a message once, with the first reason', async () => {
    const quarantine = quarantineTo(cloud.firestore);
    await quarantine('ledger.events', message, 'not JSON');
    await quarantine('ledger.events', message, 'not JSON either');
    await quarantine('history.events', message, 'another consumer');
    const kept = await cloud.firestore.doc(paths.quarantine('ledger.events', '17')).get();
    expect(kept.data()).toEqual({
      consumer: 'ledger.events',
      reason: 'not JSON',
      attributes: { 'ce-type': 'x' },
      data: Buffer.from('{"broken"'),
      isCut: false,
      publishedAt: 1_000,
    });
    expect((await cloud.firestore.collection('quarantine').get()).size).toBe(2);
  });

  it('cuts what would not fit a document', async () => {
    const large = { ...message, id: '18', data: Buffer.alloc(2 * 1024 * 1024) };
    await quarantineTo(cloud.firestore)('ledger.events', large, 'x'.repeat(10_000));
    const kept = await cloud.firestore.doc(paths.quarantine('ledger.events', '18')).get();
    expect(kept.get('isCut')).toBe(true);
    expect(kept.get('data')).toHaveLength(200 * 1024);
    expect(kept.get('reason')).toHaveLength(4_096);
  });

  it('throws when it cannot keep a message, so that it is delivered again', async () => {
    const refuse = quarantineTo(cloud.firestore)('', { ...message, id: 'a/b' }, 'no such document');
    await expect(refuse).rejects.toThrow('is not of the collection quarantine');
  });
});

function idOf({ accountId, seq }: { accountId: string; seq: number }): string {
  return `${accountId}:${seq}`;
}

function entry({ tenant, uid, accountId }: AccountRef, seq: number): Commit {
  const unhashed: Omit<Commit, 'hash'> = {
    schema: 2,
    tenant,
    uid,
    accountId,
    seq,
    commitId: `c${seq}`,
    cause: byFrame,
    events: [resumed],
    traceparent: '',
    previousHash: '',
  };
  return { ...unhashed, hash: hashCommit(unhashed) };
}
