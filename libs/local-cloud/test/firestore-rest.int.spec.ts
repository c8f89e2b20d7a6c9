import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Firestore, GeoPoint, Timestamp } from '@google-cloud/firestore';
import { failure, startFirestoreBench, type FirestoreBench } from './firestore-bench.ts';

let bench: FirestoreBench;
let rest: Firestore;
beforeAll(async () => {
  bench = await startFirestoreBench();
  // Without gRPC the client wants credentials even for an emulator; an API key needs no token.
  rest = new Firestore({ projectId: 'demo', preferRest: true, apiKey: 'local' });
});
afterAll(async () => {
  await rest.terminate();
  await bench.close();
});

const values = {
  null: null,
  yes: true,
  whole: 9_007_199_254_740_991,
  part: 0.5,
  endless: -Infinity,
  at: new Timestamp(1_700_000_000, 123_456_000),
  text: 'ü "quoted"',
  bytes: Buffer.from([0, 255]),
  place: new GeoPoint(1.5, -2),
  list: [1, 'a', null],
  map: { limit: 3, readTime: 'no time', fields: { nullValue: 1 } },
  empty: {},
};

describe('a client that prefers REST', () => {
  it('writes and reads what the other client does', async () => {
    const ref = rest.doc('rest/values');
    await ref.set(values);
    expect((await ref.get()).data()).toEqual(values);
    expect((await bench.db.doc('rest/values').get()).data()).toEqual(values);
    expect((await rest.doc('rest/none').get()).exists).toBe(false);
  });

  it('queries, counts and lists', async () => {
    const numbers = rest.collection('rest/values/numbers');
    await Promise.all([1, 2, 3].map((n) => numbers.doc(`n${n}`).set({ n })));
    const found = await numbers.where('n', '>', 1).orderBy('n', 'desc').limit(1).get();
    expect(found.docs.map((each) => each.data())).toEqual([{ n: 3 }]);
    expect((await numbers.count().get()).data()).toEqual({ count: 3 });
    expect((await numbers.listDocuments()).map(({ id }) => id)).toEqual(['n1', 'n2', 'n3']);
    expect((await rest.doc('rest/values').listCollections()).map(({ id }) => id)).toEqual(['numbers']);
    const { metrics } = await numbers.where('n', '==', 1).explain({ analyze: true });
    expect(metrics.executionStats?.resultsReturned).toBe(1);
  });

  it('runs transactions', async () => {
    const ref = rest.doc('rest/counter');
    await ref.set({ n: 1 });
    await rest.runTransaction(async (transaction) => {
      const n: unknown = (await transaction.get(ref)).get('n');
      transaction.update(ref, { n: Number(n) + 1 });
    });
    expect((await ref.get()).data()).toEqual({ n: 2 });
  });

  it('is refused like the other one', async () => {
    expect(await failure(rest.doc('rest/values').create({}))).toMatchObject({ code: 6 });
    expect(await failure(rest.doc('rest/none').update({ a: 1 }))).toMatchObject({ code: 5 });
    expect(await failure(rest.doc('rest/__x__').set({}))).toMatchObject({ code: 3 });
  });
});

const url = (path: string): string =>
  `http://127.0.0.1:${bench.port}/v1/projects/demo/databases/(default)/documents${path}`;

async function send(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(url(path), { method, ...(body && { body: JSON.stringify(body) }) });
  return { status: response.status, json: await response.json() };
}

describe('REST by hand', () => {
  it('creates, gets, patches, lists and deletes a document', async () => {
    const a = { integerValue: '1' };
    const b = { timestampValue: '2026-01-02T03:04:05.600000000Z' };
    expect(await send('POST', '/hand?documentId=x', { fields: { a } })).toMatchObject({
      status: 200,
      json: { fields: { a } },
    });
    expect(await send('PATCH', '/hand/x?updateMask.fieldPaths=b', { fields: { b } })).toMatchObject({
      json: { fields: { a, b } },
    });
    expect(await send('GET', '/hand/x?mask.fieldPaths=b')).toMatchObject({ json: { fields: { b } } });
    expect(await send('GET', '/hand?pageSize=5')).toMatchObject({
      json: { documents: [{ fields: { a, b } }] },
    });
    expect(await send('DELETE', '/hand/x?currentDocument.exists=true')).toEqual({ status: 200, json: {} });
    expect(await send('GET', '/hand/x')).toMatchObject({
      status: 404,
      json: { error: { status: 'NOT_FOUND' } },
    });
  });

  it('answers what it does not understand, and stays up', async () => {
    expect(await send('POST', ':commit', [])).toMatchObject({ status: 400 });
    expect(await send('POST', ':commit', { writes: 3 })).toMatchObject({ status: 400 });
    expect(await send('PUT', '/hand/x')).toMatchObject({ status: 404 });
    const foreign = await fetch(url('/hand/x'), { headers: { origin: 'https://example.com' } });
    expect(foreign.status).toBe(403);
    expect((await rest.doc('rest/values').get()).exists).toBe(true);
  });
});
