import { FieldValue } from '@google-cloud/firestore';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Meter } from '../src/core/meter.ts';
import { parseFaults } from '../src/faults/fault.ts';
import { FaultPlan } from '../src/faults/fault-plan.ts';
import { RequestFeed } from '../src/faults/request-feed.ts';
import { Traffic } from '../src/faults/traffic.ts';
import { failure, startFirestoreBench, type FirestoreBench } from './firestore-bench.ts';

const ALREADY_EXISTS = 6;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const ABORTED = 10;
const contention = 'Too much contention on these documents. Please try again.';

const database = 'projects/demo/databases/(default)';

let faults: FaultPlan;
let bench: FirestoreBench;
beforeEach(async () => {
  faults = new FaultPlan();
  bench = await startFirestoreBench({ traffic: new Traffic(faults, new RequestFeed(), new Meter()) });
});
afterEach(() => bench.close());

function plan(at: object, fault: object): void {
  faults.add(parseFaults({ at: { service: 'firestore', ...at }, do: fault }));
}

/** Adds one to a counter as services do: read it, write what follows. Returns how often it was run. */
async function increment(path: string): Promise<number> {
  let runs = 0;
  await bench.db.runTransaction(async (transaction) => {
    runs += 1;
    const read = await transaction.get(bench.db.doc(path));
    transaction.set(bench.db.doc(path), { n: Number(read.get('n') ?? 0) + 1 });
  });
  return runs;
}

const addOne = (path: string): Promise<unknown> =>
  bench.db.doc(path).set({ n: FieldValue.increment(1) }, { merge: true });

const counted = async (path: string): Promise<unknown> => (await bench.db.doc(path).get()).get('n');

describe('a commit that was applied, its answer lost', () => {
  const lost = { method: 'Commit', side: 'after', times: 1 };

  // The client runs a transaction anew after these: what is not idempotent happens twice.
  it.each(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'UNKNOWN', 'INTERNAL', 'ABORTED', 'CANCELLED'])(
    'as %s, is made again by a transaction',
    async (code) => {
      plan(lost, { kind: 'error', code });
      expect(await increment('counters/a')).toBe(2);
      expect(await counted('counters/a')).toBe(2);
    },
  );

  it.each(['PERMISSION_DENIED', 'NOT_FOUND', 'FAILED_PRECONDITION'])(
    'as %s, stays made although the transaction fails',
    async (code) => {
      plan(lost, { kind: 'error', code });
      await expect(increment('counters/a')).rejects.toThrow(code);
      expect(await counted('counters/a')).toBe(1);
    },
  );

  it.each<[string, number | 'ok', unknown, () => Promise<unknown>]>([
    ['set', 'ok', 1, () => bench.db.doc('c/new').set({ n: 1 })],
    ['create', ALREADY_EXISTS, 1, () => bench.db.doc('c/new').create({ n: 1 })],
    ['increment', 'ok', 2, () => addOne('c/new')],
    ['delete', 'ok', undefined, () => bench.db.doc('c/new').delete()],
  ])('as UNAVAILABLE, is sent again by the client: %s', async (_write, outcome, n, write) => {
    plan(lost, { kind: 'error', code: 'UNAVAILABLE' });
    const answer = await write().then(
      () => ({ code: 'ok' }),
      (error: unknown) => error,
    );
    expect(answer).toMatchObject({ code: outcome });
    expect(await counted('c/new')).toBe(n);
  });
});

describe('a request that comes twice', () => {
  it.each<[string, unknown, () => Promise<unknown>]>([
    ['increment counts twice', 2, () => addOne('c/a')],
    ['create is made once and answered as made', 1, () => bench.db.doc('c/a').create({ n: 1 })],
    ["transaction's commit is refused the second time", 1, () => increment('c/a')],
  ])('%s', async (_case, n, write) => {
    plan({ method: 'Commit', times: 1 }, { kind: 'dup' });
    await write();
    expect(await counted('c/a')).toBe(n);
  });
});

it('a request by REST comes twice, too', async () => {
  plan({ method: 'Commit', times: 1 }, { kind: 'dup' });
  const transform = { fieldPath: 'n', increment: { integerValue: '1' } };
  const writes = [{ transform: { document: `${database}/documents/c/a`, fieldTransforms: [transform] } }];
  const body = JSON.stringify({ writes });
  await fetch(`http://127.0.0.1:${bench.port}/v1/${database}/documents:commit`, { method: 'POST', body });
  expect(await counted('c/a')).toBe(2);
});

describe('a contention storm', () => {
  it('that lasts makes a transaction give up, with nothing written', async () => {
    plan({ method: 'Commit', resource: 'storm/a' }, { kind: 'contention' });
    const ref = bench.db.doc('storm/a');
    const tried = bench.db.runTransaction((transaction) => Promise.resolve(transaction.set(ref, { n: 1 })), {
      maxAttempts: 2,
    });
    expect(await failure(tried)).toEqual({ code: ABORTED, details: contention });
    expect((await ref.get()).exists).toBe(false);
    expect(faults.list()).toMatchObject([{ struck: 2 }]);
  });

  it('that passes costs attempts and loses nothing', async () => {
    plan({ method: 'Commit', times: 1 }, { kind: 'contention' });
    expect(await increment('counters/a')).toBe(2);
    expect(await counted('counters/a')).toBe(1);
  });

  it('leaves other documents alone', async () => {
    plan({ method: 'Commit', resource: 'storm/' }, { kind: 'contention' });
    expect(await increment('calm/a')).toBe(1);
  });
});

describe('an exhausted quota', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['Commit', () => bench.raw.commit({ database, writes: [] }, { retry: null })],
    ['GetDocument', () => bench.raw.getDocument({ name: `${database}/documents/c/a` }, { retry: null })],
    ['BeginTransaction', () => bench.raw.beginTransaction({ database }, { retry: null })],
  ])('refuses %s', async (method, call) => {
    plan({ method }, { kind: 'quota' });
    expect(await failure(call())).toEqual({ code: RESOURCE_EXHAUSTED, details: 'Quota exceeded.' });
  });

  it('is waited for by a write', async () => {
    plan({ method: 'Commit', times: 1 }, { kind: 'quota' });
    await bench.db.doc('c/a').set({ n: 1 });
    expect(await counted('c/a')).toBe(1);
  });

  it('is not confused with a permission that a query lacks', async () => {
    plan({ method: 'RunQuery', times: 1 }, { kind: 'error', code: 'PERMISSION_DENIED' });
    expect(await failure(bench.db.collection('c').get())).toMatchObject({ code: PERMISSION_DENIED });
    expect((await bench.db.collection('c').get()).size).toBe(0);
  });
});

describe('a listener whose stream is cut off', () => {
  it.each([1, 2, 4])('after %d messages goes on and misses nothing, nor hears it twice', async (messages) => {
    const collection = bench.db.collection('ticks');
    await collection.doc('a').set({ n: 1 });
    plan({ method: 'Listen', times: 1 }, { kind: 'cut', messages });
    const heard: string[] = [];
    const { promise: done, resolve, reject } = Promise.withResolvers<void>();
    const stop = collection.onSnapshot((snapshot) => {
      for (const { type, doc } of snapshot.docChanges()) heard.push(`${type} ${doc.id} ${doc.get('n')}`);
      if (snapshot.docs.map(({ id }) => id).join() === 'b') resolve();
    }, reject);
    await collection.doc('b').set({ n: 1 });
    await collection.doc('a').set({ n: 2 });
    await collection.doc('a').delete();
    await done;
    stop();
    expect(faults.list()).toMatchObject([{ struck: 1 }]);
    expect(new Set(heard).size).toBe(heard.length);
    expect(heard).toContain('added b 1');
  });
});
