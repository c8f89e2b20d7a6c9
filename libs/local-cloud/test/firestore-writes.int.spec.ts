import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  FieldPath,
  FieldValue,
  GeoPoint,
  Timestamp,
  type DocumentReference,
  type WriteBatch,
} from '@google-cloud/firestore';
import { failure, startFirestoreBench, type FirestoreBench } from './firestore-bench.ts';

const DATABASE = 'projects/demo/databases/(default)';
const ROOT = `${DATABASE}/documents`;
const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const FAILED_PRECONDITION = 9;

let bench: FirestoreBench;
let made = 0;
beforeAll(async () => {
  bench = await startFirestoreBench();
});
afterAll(() => bench.close());

/** A document of its own, which does not exist yet. */
function fresh(): DocumentReference {
  made += 1;
  return bench.db.doc(`writes/${made}`);
}

function elevenMegabytes(): WriteBatch {
  const batch = bench.db.batch();
  for (let i = 0; i < 11; i += 1) batch.set(fresh(), { text: 'x'.repeat(1_000_000) });
  return batch;
}

async function stored(data: object): Promise<DocumentReference> {
  const ref = fresh();
  await ref.set(data);
  return ref;
}

describe('values', () => {
  it('come back as they were written', async () => {
    const data = {
      none: null,
      yes: true,
      integer: Number.MAX_SAFE_INTEGER,
      double: -1.5,
      notANumber: Number.NaN,
      infinite: -Infinity,
      text: 'grüße 😀',
      bytes: Buffer.from([0, 255]),
      time: new Timestamp(1_700_000_000, 123_456_000),
      place: new GeoPoint(-1.5, 180),
      ref: bench.db.doc('a/b'),
      list: [1, 'two', { three: [3] }],
      map: { 'a.b': 1, empty: {}, deep: { deeper: true } },
      vector: FieldValue.vector([1, 2.5]),
    };
    const read = await (await stored(data)).get();
    expect(read.data()).toEqual(data);
  });

  it('keep whole microseconds of a timestamp', async () => {
    const ref = await stored({ at: new Timestamp(1, 123_456_789) });
    expect((await ref.get()).get('at')).toEqual(new Timestamp(1, 123_456_000));
  });
});

describe('set, update, create and delete', () => {
  it.each<[string, object | undefined, (ref: DocumentReference) => Promise<unknown>, object | undefined]>([
    ['set replaces', { a: 1, b: 2 }, (ref) => ref.set({ a: 3 }), { a: 3 }],
    [
      'set merges',
      { a: 1, m: { x: 1, y: 2 } },
      (ref) => ref.set({ m: { x: 9 } }, { merge: true }),
      { a: 1, m: { x: 9, y: 2 } },
    ],
    [
      'set merges into nothing',
      undefined,
      (ref) => ref.set({ m: { x: 9 } }, { merge: true }),
      { m: { x: 9 } },
    ],
    [
      'set merges the fields named',
      { a: 1, b: 1 },
      (ref) => ref.set({ a: 2, b: 2 }, { mergeFields: ['b'] }),
      { a: 1, b: 2 },
    ],
    [
      'set merges a deletion',
      { a: 1, b: 1 },
      (ref) => ref.set({ b: FieldValue.delete() }, { merge: true }),
      { a: 1 },
    ],
    ['update changes the fields named', { a: 1, b: 2 }, (ref) => ref.update({ b: 3 }), { a: 1, b: 3 }],
    [
      'update reaches into maps',
      { m: { x: 1, y: { z: 1 } } },
      (ref) => ref.update({ 'm.y.z': 2 }),
      { m: { x: 1, y: { z: 2 } } },
    ],
    ['update makes maps', { m: 1 }, (ref) => ref.update({ 'm.x': 2 }), { m: { x: 2 } }],
    [
      'update reads quoted paths',
      { 'a.b': 1, a: { b: 2 } },
      (ref) => ref.update(new FieldPath('a.b'), 9),
      { 'a.b': 9, a: { b: 2 } },
    ],
    [
      'update deletes fields',
      { a: 1, m: { x: 1, y: 2 } },
      (ref) => ref.update({ a: FieldValue.delete(), 'm.x': FieldValue.delete() }),
      { m: { y: 2 } },
    ],
    ['create makes a document', undefined, (ref) => ref.create({ a: 1 }), { a: 1 }],
    ['create makes an empty document', undefined, (ref) => ref.create({}), {}],
    ['delete removes', { a: 1 }, (ref) => ref.delete(), undefined],
    ['delete of nothing succeeds', undefined, (ref) => ref.delete(), undefined],
  ])('%s', async (_what, before, act, after) => {
    const ref = before === undefined ? fresh() : await stored(before);
    await act(ref);
    expect((await ref.get()).data()).toEqual(after);
  });

  it('keep the create time and advance the update time', async () => {
    const ref = fresh();
    const first = await ref.set({ n: 1 });
    const second = await ref.set({ n: 2 });
    const { createTime, updateTime } = await ref.get();
    expect(createTime).toEqual(first.writeTime);
    expect(updateTime).toEqual(second.writeTime);
    expect(second.writeTime.valueOf() > first.writeTime.valueOf()).toBe(true);
  });

  it('leave the update time alone when nothing changes', async () => {
    const ref = fresh();
    const { writeTime } = await ref.set({ n: 1 });
    expect((await ref.set({ n: 1 })).writeTime).toEqual(writeTime);
    expect((await ref.get()).updateTime).toEqual(writeTime);
  });
});

describe('preconditions', () => {
  it.each<[string, object | undefined, (ref: DocumentReference) => Promise<unknown>, number, string]>([
    ['create of what exists', {}, (ref) => ref.create({}), ALREADY_EXISTS, 'Document already exists: '],
    [
      'update of what is missing',
      undefined,
      (ref) => ref.update({ a: 1 }),
      NOT_FOUND,
      'No document to update: ',
    ],
    [
      'delete that wants a document',
      undefined,
      (ref) => ref.delete({ exists: true }),
      NOT_FOUND,
      'No document to update: ',
    ],
  ])('refuse %s', async (_what, before, act, code, message) => {
    const ref = before === undefined ? fresh() : await stored(before);
    expect(await failure(act(ref))).toEqual({ code, details: `${message}${ROOT}/${ref.path}` });
  });

  it('accept the last update time and refuse an earlier one', async () => {
    const ref = fresh();
    const { writeTime } = await ref.set({ n: 1 });
    const second = await ref.update({ n: 2 }, { lastUpdateTime: writeTime });
    const stale = await failure(ref.update({ n: 3 }, { lastUpdateTime: writeTime }));
    expect(stale).toEqual({
      code: FAILED_PRECONDITION,
      details: expect.stringMatching(
        /^the stored version \(\d{16}\) does not match the required base version \(\d{16}\)$/,
      ),
    });
    expect(await failure(ref.delete({ lastUpdateTime: writeTime }))).toMatchObject({
      code: FAILED_PRECONDITION,
    });
    await ref.delete({ lastUpdateTime: second.writeTime });
    expect((await ref.get()).exists).toBe(false);
  });

  it('refuse an update time when the document is gone', async () => {
    const ref = fresh();
    const { writeTime } = await ref.set({ n: 1 });
    await ref.delete();
    expect(await failure(ref.update({ n: 2 }, { lastUpdateTime: writeTime }))).toMatchObject({
      code: FAILED_PRECONDITION,
    });
  });

  it('fail a batch as a whole', async () => {
    const [one, two] = [fresh(), await stored({ n: 1 })];
    const batch = bench.db.batch().set(one, { n: 1 }).update(two, { n: 2 }).create(two, { n: 3 });
    expect(await failure(batch.commit())).toMatchObject({ code: ALREADY_EXISTS });
    expect((await one.get()).exists).toBe(false);
    expect((await two.get()).data()).toEqual({ n: 1 });
  });

  it('see the earlier writes of their batch', async () => {
    const ref = fresh();
    const results = await bench.db.batch().create(ref, { n: 1 }).update(ref, { m: 2 }).commit();
    expect((await ref.get()).data()).toEqual({ n: 1, m: 2 });
    expect(results[0]?.writeTime).toEqual(results[1]?.writeTime);
  });
});

describe('transforms', () => {
  it.each<[string, unknown, FieldValue, unknown]>([
    ['increment an integer', 1, FieldValue.increment(2), 3],
    ['increment by a double', 1, FieldValue.increment(0.5), 1.5],
    ['increment what is missing', undefined, FieldValue.increment(2), 2],
    ['increment what is no number', 'x', FieldValue.increment(2), 2],
    ['union appends what is missing, once', [1, 'a'], FieldValue.arrayUnion('a', 2, 2), [1, 'a', 2]],
    ['union replaces what is no array', 'x', FieldValue.arrayUnion(1), [1]],
    ['union takes 1 and 1.0 as equal', [1.0], FieldValue.arrayUnion(1), [1]],
    ['remove takes every equal element', [1, 2, 1, { a: 1 }], FieldValue.arrayRemove(1, { a: 1 }), [2]],
    ['remove from nothing leaves an empty array', undefined, FieldValue.arrayRemove(1), []],
  ])('%s', async (_what, before, transform, after) => {
    const ref = await stored(before === undefined ? {} : { field: before });
    await ref.update({ field: transform });
    expect((await ref.get()).data()).toEqual({ field: after });
  });

  it.each<[string, number | undefined, 'maximum' | 'minimum', object, unknown]>([
    ['maximum keeps the greater', 5, 'maximum', { integerValue: 3 }, 5],
    ['maximum takes the greater', 5, 'maximum', { doubleValue: 5.5 }, 5.5],
    ['minimum takes the lesser', 5, 'minimum', { integerValue: 3 }, 3],
    ['minimum of nothing is the operand', undefined, 'minimum', { integerValue: 3 }, 3],
    ['minimum with NaN is NaN', 5, 'minimum', { doubleValue: Number.NaN }, Number.NaN],
  ])('%s', async (_what, before, kind, operand, after) => {
    const ref = await stored(before === undefined ? {} : { field: before });
    // The Node client has no method for these transforms.
    await bench.raw.commit({
      database: DATABASE,
      writes: [
        {
          update: { name: `${ROOT}/${ref.path}` },
          updateMask: {},
          updateTransforms: [{ fieldPath: 'field', [kind]: operand }],
        },
      ],
    });
    expect((await ref.get()).get('field')).toEqual(after);
  });

  it('give one server time per commit, in milliseconds', async () => {
    const [one, two] = [fresh(), fresh()];
    const at = FieldValue.serverTimestamp();
    const [result] = await bench.db.batch().set(one, { at, m: { at } }).set(two, { at }).commit();
    const [first, second] = [(await one.get()).data(), (await two.get()).data()];
    const time: unknown = first?.['at'];
    expect(first).toEqual({ at: time, m: { at: time } });
    expect(second).toEqual({ at: time });
    expect(time).toEqual(Timestamp.fromMillis(result?.writeTime.toMillis() ?? 0));
  });

  it('count every one of many concurrent increments', async () => {
    const ref = fresh();
    await Promise.all(
      Array.from({ length: 50 }, () => ref.set({ n: FieldValue.increment(1) }, { merge: true })),
    );
    expect((await ref.get()).get('n')).toBe(50);
  });
});

/** Writes to one document with so many transforms in all. */
function transforms(count: number): WriteBatch {
  const ref = fresh();
  const batch = bench.db.batch();
  for (let first = 0; first < count; first += 100) {
    const fields = Array.from({ length: Math.min(100, count - first) }, (_, i) => `f${first + i}`);
    batch.set(ref, Object.fromEntries(fields.map((field) => [field, FieldValue.increment(1)])), {
      merge: true,
    });
  }
  return batch;
}

describe('limits', () => {
  it.each<[string, () => Promise<unknown>, string | RegExp]>([
    [
      'a document above 1 MiB',
      () => fresh().set({ a: 'x'.repeat(1_000_000), b: 'x'.repeat(48_600) }),
      /^Document 'projects\/.*' cannot be written because its size \(1,048,6\d\d bytes\) exceeds the maximum allowed size of 1,048,576 bytes\.$/,
    ],
    [
      'a value above 1 MiB less 89 bytes',
      () => fresh().set({ text: 'x'.repeat(1_048_488) }),
      'The value of property "text" is longer than 1048487 bytes.',
    ],
    [
      'more than 40,000 index entries',
      () => fresh().set({ list: Array.from({ length: 40_001 }, (_, i) => i) }),
      /^too many index entries for entity/,
    ],
    [
      'more than 500 transforms of one document',
      () => transforms(501).commit(),
      /^Document '.*' has more than 500 transforms\.$/,
    ],
    [
      'a document that an update makes too large',
      async () => (await stored({ a: 'x'.repeat(600_000) })).update({ b: 'x'.repeat(600_000) }),
      /exceeds the maximum allowed size of 1,048,576 bytes/,
    ],
    [
      'a reserved id',
      () => bench.db.doc('writes/__x__').set({}),
      'Resource id "__x__" is invalid because it is reserved.',
    ],
    [
      'a reserved collection',
      () => bench.db.doc('__c__/x').set({}),
      'Collection id "__c__" is invalid because it is reserved.',
    ],
    ['a dot as an id', () => bench.db.doc('writes/.').set({}), /^Resource id "\." is invalid/],
    ['two dots as an id', () => bench.db.doc('writes/..').set({}), /^Resource id "\.\." is invalid/],
    [
      'an id above 1,500 bytes',
      () => bench.db.doc(`writes/${'é'.repeat(751)}`).set({}),
      /is longer than 1500 bytes/,
    ],
    [
      'a reserved field',
      () => fresh().set({ __x__: 1 }),
      'Property name "__x__" is invalid because it is reserved.',
    ],
    [
      'a request above 10 MiB',
      () => elevenMegabytes().commit(),
      'Request payload size exceeds the limit: 10485760 bytes.',
    ],
  ])('refuse %s', async (_what, act, expected) => {
    const { code, details } = await failure(act());
    expect(code).toBe(INVALID_ARGUMENT);
    expect(details).toMatch(expected);
  });

  it('refuse maps deeper than twenty levels', async () => {
    let value: object = { integerValue: 1 };
    for (let level = 0; level < 21; level += 1) value = { mapValue: { fields: { a: value } } };
    const request = {
      database: DATABASE,
      writes: [{ update: { name: `${ROOT}/writes/deep`, fields: { top: value } } }],
    };
    // The client refuses deep data itself, so the request is made by hand.
    expect(await failure(bench.raw.commit(request))).toEqual({
      code: INVALID_ARGUMENT,
      details: 'Property top contains an invalid nested entity.',
    });
  });

  it('admit what is just within them', async () => {
    const ref = bench.db.doc(`writes/${'é'.repeat(750)}`);
    // 16 for the name, its ids, 32 for the document, 5 for the field, 1 for the string.
    const room = 1_048_576 - (16 + 7 + 1501) - 32 - 5 - 1;
    await ref.set({ text: 'x'.repeat(room) });
    expect(await failure(ref.set({ text: 'x'.repeat(room + 1) }))).toMatchObject({ code: INVALID_ARGUMENT });
    await fresh().set({ list: Array.from({ length: 40_000 }, (_, i) => i) });
    await transforms(500).commit();
  });
});

describe('BulkWriter', () => {
  it('writes many documents, each by itself', async () => {
    const collection = bench.db.collection('bulk');
    const writer = bench.db.bulkWriter({ throttling: false });
    await collection.doc('taken').set({ n: -1 });
    const failed: string[] = [];
    writer.onWriteError((error) => {
      failed.push(`${error.documentRef.id}: ${error.code}`);
      return false;
    });
    const writes = Array.from({ length: 100 }, (_, n) => writer.create(collection.doc(`d${n}`), { n }));
    const taken = writer.create(collection.doc('taken'), { n: 0 });
    const removed = writer.delete(collection.doc('gone'));
    await writer.close();
    expect(
      (await Promise.allSettled([...writes, removed])).every(({ status }) => status === 'fulfilled'),
    ).toBe(true);
    expect((await Promise.allSettled([taken]))[0]?.status).toBe('rejected');
    expect(failed).toEqual([`taken: ${ALREADY_EXISTS}`]);
    expect((await collection.count().get()).data().count).toBe(101);
  });

  it('deletes a tree and nothing beside it', async () => {
    const { db } = bench;
    const paths = ['tree/a', 'tree/a/sub/b', 'tree/a/sub/b/deep/c', 'tree/missing/sub/d', 'tree2/e'];
    await Promise.all(paths.map((path) => db.doc(path).set({ n: 1 })));
    await db.recursiveDelete(db.collection('tree'));
    const left = await db.getAll(...paths.map((path) => db.doc(path)));
    expect(left.filter(({ exists }) => exists).map(({ ref }) => ref.path)).toEqual(['tree2/e']);
  });
});

it('bills reads, writes and deletes per document', async () => {
  const [one, two] = [fresh(), fresh()];
  const before = bench.meter.snapshot();
  await bench.db.batch().set(one, { n: 1 }).set(two, { n: 2 }).delete(fresh()).commit();
  await bench.db.getAll(one, fresh());
  await bench.db.collection('nothing').get();
  await bench.db.collection('writes').where('n', '==', 'nothing').count().get();
  const after = bench.meter.snapshot();
  const counted = (what: string): number => (after[what] ?? 0) - (before[what] ?? 0);
  expect([counted('firestore.reads'), counted('firestore.writes'), counted('firestore.deletes')]).toEqual([
    4, 2, 1,
  ]);
});
