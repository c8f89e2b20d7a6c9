import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AggregateField, FieldPath, type Firestore, type Query } from '@google-cloud/firestore';
import { failure, startFirestoreBench, type FirestoreBench } from './firestore-bench.ts';

const FAILED_PRECONDITION = 9;

let strict: FirestoreBench;
beforeAll(async () => {
  strict = await startFirestoreBench({ indexes: {} });
  await strict.db.doc('triggers/t').set({ status: 'active', price: 1, size: 1 });
});
afterAll(() => strict.close());

type Act = (db: Firestore) => Promise<unknown>;

const active = (db: Firestore): Query => db.collection('triggers').where('status', '==', 'active');
const dearest = (db: Firestore): Query => active(db).orderBy('price', 'desc');
const ofGroup = (db: Firestore): Query => db.collectionGroup('triggers').where('status', '==', 'active');
const sum = { all: AggregateField.sum('size') };
const average = { all: AggregateField.average('size') };

/** Listens until the first snapshot; the client turns a refusal into an error without code. */
function listened(query: Query): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const stop = query.onSnapshot(
      (found) => {
        stop();
        resolve(found);
      },
      ({ message }) => {
        reject(Object.assign(new Error(message), { code: Number(/^Error (\d+)/.exec(message)?.[1]) }));
      },
    );
  });
}

async function partitioned(db: Firestore): Promise<void> {
  for await (const part of db.collectionGroup('triggers').getPartitions(2)) await part.toQuery().get();
}

describe('a missing index', () => {
  it.each<[what: string, act: Act]>([
    ['a query', (db) => dearest(db).get()],
    ['its last page', (db) => dearest(db).limitToLast(1).get()],
    ['a query for nothing', (db) => dearest(db).limit(0).get()],
    ['its explanation', (db) => dearest(db).explain()],
    ['its explanation with results', (db) => dearest(db).explain({ analyze: true })],
    ['a query in a transaction', (db) => db.runTransaction((transaction) => transaction.get(dearest(db)))],
    ['a count', (db) => dearest(db).count().get()],
    ['a sum', (db) => dearest(db).aggregate(sum).get()],
    ['an average beside an equality', (db) => active(db).aggregate(average).get()],
    [
      'a count in a transaction',
      (db) => db.runTransaction((transaction) => transaction.get(dearest(db).count())),
    ],
    ['a listener', (db) => listened(dearest(db))],
    ['a query of a group', (db) => ofGroup(db).get()],
    ['a count of a group', (db) => ofGroup(db).count().get()],
    ['a listener on a group', (db) => listened(ofGroup(db))],
  ])('refuses %s', async (_what, act) => {
    expect(await failure(act(strict.db))).toMatchObject({ code: FAILED_PRECONDITION });
  });

  it.each<[what: string, act: Act]>([
    ['a write', (db) => db.doc('triggers/t').update({ size: 2 })],
    ['a document', (db) => db.doc('triggers/t').get()],
    ['documents by name', (db) => dearest(db).where(FieldPath.documentId(), 'in', ['t']).get()],
    ['one field', (db) => active(db).get()],
    ['a listener on one field', (db) => listened(active(db))],
    ['a count of one field', (db) => active(db).count().get()],
    ['the sum of all', (db) => db.collection('triggers').aggregate(sum).get()],
    ['a whole group', (db) => db.collectionGroup('triggers').get()],
    ['a listener on a whole group', (db) => listened(db.collectionGroup('triggers'))],
    ['the partitions of a group', partitioned],
    ['a list of documents', (db) => db.collection('triggers').listDocuments()],
    ['a list of collections', (db) => db.listCollections()],
    ['the deletion of a tree', (db) => db.recursiveDelete(db.collection('others'))],
  ])('is none for %s', async (_what, act) => {
    await expect(act(strict.db).then(() => 'answered')).resolves.toBe('answered');
  });

  it('refuses nothing where indexes are off, and is noted all the same', async () => {
    const lenient = await startFirestoreBench({ indexes: 'off' });
    await lenient.db.doc('triggers/t').set({ status: 'active', price: 1, size: 1 });
    const found = await dearest(lenient.db).get();
    await listened(dearest(lenient.db));
    await dearest(lenient.db).count().get();
    const { missingIndexes } = lenient.server;
    await lenient.close();
    expect(found.size).toBe(1);
    expect(missingIndexes).toMatchObject([{ definition: { collectionGroup: 'triggers' }, queries: 3 }]);
  });
});
