import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { failure, startFirestoreBench, type FirestoreBench } from './firestore-bench.ts';

const ABORTED = 10;
const INVALID_ARGUMENT = 3;

let bench: FirestoreBench;
beforeAll(async () => {
  bench = await startFirestoreBench();
});
afterAll(() => bench.close());

describe('a transaction', () => {
  it('counts every one of many concurrent increments', async () => {
    const ref = bench.db.doc('tx/counter');
    await ref.set({ n: 0 });
    let attempts = 0;
    const increment = (): Promise<void> =>
      bench.db.runTransaction(async (transaction) => {
        attempts += 1;
        const current = await transaction.get(ref);
        transaction.update(ref, { n: Number(current.get('n')) + 1 });
      });
    await Promise.all(Array.from({ length: 10 }, increment));
    expect((await ref.get()).get('n')).toBe(10);
    expect(attempts).toBeGreaterThan(10);
  });

  it('applies all of its writes or none', async () => {
    const [one, two] = [bench.db.doc('tx/one'), bench.db.doc('tx/two')];
    await one.set({ n: 1 });
    const failed = bench.db.runTransaction(async (transaction) => {
      await transaction.get(one);
      transaction.set(two, { n: 1 });
      transaction.create(one, { n: 2 });
    });
    expect(await failure(failed)).toMatchObject({ code: 6 });
    expect((await two.get()).exists).toBe(false);
  });

  it('reads documents and queries at once and sees its own state of them', async () => {
    const accounts = bench.db.collection('accounts');
    await Promise.all(['a', 'b', 'c'].map((id) => accounts.doc(id).set({ cash: 10 })));
    const total = await bench.db.runTransaction(async (transaction) => {
      const [all, rich] = await Promise.all([
        transaction.getAll(accounts.doc('a'), accounts.doc('b')),
        transaction.get(accounts.where('cash', '>=', 10)),
      ]);
      transaction.update(accounts.doc('a'), { cash: 0 });
      return all.length + rich.size;
    });
    expect(total).toBe(5);
    expect((await accounts.where('cash', '>=', 10).count().get()).data().count).toBe(2);
  });

  it('that only reads sees one snapshot', async () => {
    const ref = bench.db.doc('tx/snapshot');
    await ref.set({ n: 1 });
    const seen = await bench.db.runTransaction(
      async (transaction) => {
        const first = await transaction.get(ref);
        await ref.set({ n: 2 });
        const second = await transaction.get(ref);
        return [first, second].map((read) => Number(read.get('n')));
      },
      { readOnly: true },
    );
    expect(seen).toEqual([1, 1]);
  });

  it('does not conflict with reads and writes elsewhere', async () => {
    const [mine, other] = [bench.db.doc('tx/mine'), bench.db.doc('tx/other')];
    let attempts = 0;
    await bench.db.runTransaction(async (transaction) => {
      attempts += 1;
      await transaction.get(mine);
      await other.set({ n: 1 });
      await mine.get();
      transaction.set(mine, { n: 1 });
    });
    expect(attempts).toBe(1);
  });
});

describe('a lock', () => {
  const database = 'projects/demo/databases/(default)';
  const nameOf = (path: string): string => `${database}/documents/${path}`;

  /** Begins a transaction that has read a document, which must exist. */
  async function lock(path: string): Promise<Buffer> {
    const [{ transaction }] = await bench.raw.beginTransaction({ database });
    const id = Buffer.from(transaction instanceof Uint8Array ? transaction : []);
    await bench.raw.getDocument({ name: nameOf(path), transaction: id });
    return id;
  }

  it('makes a write from outside wait for the commit', async () => {
    const ref = bench.db.doc('tx/locked');
    await ref.set({});
    const transaction = await lock(ref.path);
    const order: string[] = [];
    const outside = ref.set({ by: 'outside' }).then(() => order.push('outside'));
    const update = { name: nameOf(ref.path), fields: { by: { stringValue: 'inside' } } };
    await bench.raw.commit({ database, transaction, writes: [{ update }] }).then(() => order.push('inside'));
    await outside;
    expect(order).toEqual(['inside', 'outside']);
    expect((await ref.get()).get('by')).toBe('outside');
  });

  it('ends with a rollback, and with it the transaction', async () => {
    const ref = bench.db.doc('tx/rolled-back');
    await ref.set({});
    const transaction = await lock(ref.path);
    await bench.raw.rollback({ database, transaction });
    await ref.set({ n: 1 });
    expect(await failure(bench.raw.commit({ database, transaction, writes: [] }))).toEqual({
      code: INVALID_ARGUMENT,
      details: 'The referenced transaction has expired or is no longer valid.',
    });
  });

  it('in a circle aborts the younger transaction', async () => {
    const ref = bench.db.doc('tx/circle');
    await ref.set({});
    const older = await lock(ref.path);
    const younger = await lock(ref.path);
    const commit = (transaction: Uint8Array): Promise<unknown> =>
      bench.raw.commit({ database, transaction, writes: [{ update: { name: nameOf(ref.path) } }] });
    const [first, second] = await Promise.allSettled([failure(commit(younger)), commit(older)]);
    expect(second.status).toBe('fulfilled');
    expect(first).toMatchObject({
      value: { code: ABORTED, details: 'Too much contention on these documents. Please try again.' },
    });
  });
});
