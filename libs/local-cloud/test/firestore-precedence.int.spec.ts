import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Write } from '../src/firestore/protos.ts';
import { failure, startFirestoreBench, type FirestoreBench } from './firestore-bench.ts';

const DATABASE = 'projects/demo/databases/(default)';
const ROOT = `${DATABASE}/documents`;
const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const FAILED_PRECONDITION = 9;

let bench: FirestoreBench;
beforeAll(async () => {
  bench = await startFirestoreBench({ indexes: {} });
  await bench.db.doc('p/there').set({ n: 1 });
});
afterAll(() => bench.close());

const doc = (id: string, currentDocument: Write['currentDocument'] = null): Write => ({
  update: { name: `${ROOT}/p/${id}`, fields: { n: { integerValue: 2 } } },
  currentDocument,
});
const create = doc('there', { exists: false });
const updateMissing = doc('missing', { exists: true });
const stale = doc('there', { updateTime: { seconds: 1, nanos: 0 } });
const staleMissing = doc('missing', { updateTime: { seconds: 1, nanos: 0 } });
const deleteMissing: Write = { delete: `${ROOT}/p/missing`, currentDocument: { exists: true } };
const badId = doc('__bad__');
const tooLarge: Write = {
  update: {
    name: `${ROOT}/p/large`,
    fields: { a: { stringValue: 'x'.repeat(1_048_000) }, b: { stringValue: 'x'.repeat(600) } },
  },
};
const unknown = Buffer.from('no such transaction');

const commit = (writes: Write[], transaction?: Buffer): Promise<unknown> =>
  bench.raw.commit({ database: DATABASE, writes, ...(transaction && { transaction }) });

describe('of several things wrong with a commit', () => {
  it.each<[what: string, code: number, act: () => Promise<unknown>]>([
    ['create what exists', ALREADY_EXISTS, () => commit([create])],
    ['update what is missing', NOT_FOUND, () => commit([updateMissing])],
    ['delete what must exist', NOT_FOUND, () => commit([deleteMissing])],
    ['update an older version', FAILED_PRECONDITION, () => commit([stale])],
    ['update a version of what is missing', FAILED_PRECONDITION, () => commit([staleMissing])],
    [
      'the first write counts: create, then update',
      ALREADY_EXISTS,
      () => commit([create, updateMissing, stale]),
    ],
    ['the first write counts: update, then create', NOT_FOUND, () => commit([updateMissing, stale, create])],
    [
      'the first write counts: an older version',
      FAILED_PRECONDITION,
      () => commit([stale, create, updateMissing]),
    ],
    [
      'a write that made the document counts',
      ALREADY_EXISTS,
      () => commit([doc('new'), doc('new', { exists: false })]),
    ],
    [
      'a write that removed the document counts',
      NOT_FOUND,
      () => commit([{ delete: `${ROOT}/p/there` }, doc('there', { exists: true })]),
    ],
    [
      'an invalid write before any precondition',
      INVALID_ARGUMENT,
      () => commit([create, updateMissing, badId]),
    ],
    [
      'a precondition before the size that a document reaches',
      ALREADY_EXISTS,
      () => commit([tooLarge, create]),
    ],
    ['a transaction that is none before any precondition', INVALID_ARGUMENT, () => commit([create], unknown)],
  ])('%s', async (_what, code, act) => {
    expect(await failure(act())).toMatchObject({ code });
    expect((await bench.db.doc('p/there').get()).data()).toEqual({ n: 1 });
    expect(
      (await bench.db.getAll(...['missing', 'new', 'large'].map((id) => bench.db.doc(`p/${id}`)))).map(
        ({ exists }) => exists,
      ),
    ).toEqual([false, false, false]);
  });

  it('a batch of single writes tells each its own', async () => {
    const batchWrite = (...writes: Write[]) => bench.raw.batchWrite({ database: DATABASE, writes });
    const [{ status }] = await batchWrite(
      create,
      updateMissing,
      doc('other', staleMissing.currentDocument),
      doc('good'),
    );
    expect(status?.map(({ code }) => code)).toEqual([ALREADY_EXISTS, NOT_FOUND, FAILED_PRECONDITION, 0]);
    expect((await bench.db.doc('p/good').get()).exists).toBe(true);
    // A document twice, or an invalid write, fails them all.
    expect(await failure(batchWrite(create, stale))).toMatchObject({ code: INVALID_ARGUMENT });
    expect(await failure(batchWrite(doc('late'), badId))).toMatchObject({ code: INVALID_ARGUMENT });
    expect((await bench.db.doc('p/late').get()).exists).toBe(false);
  });
});

const lacking = { field: { fieldPath: 's' } };
const filter = (values: number) => ({
  fieldFilter: {
    field: { fieldPath: 'a' },
    op: 'IN' as const,
    value: {
      arrayValue: { values: Array.from({ length: values }, (_, integerValue) => ({ integerValue })) },
    },
  },
});
const run = (options: object): Promise<unknown> =>
  new Promise((resolve, reject) => {
    bench.raw.runQuery(options).on('data', resolve).on('error', reject).on('end', resolve);
  });
const query = (values: number) => ({
  from: [{ collectionId: 'p' }],
  where: filter(values),
  orderBy: [lacking],
});

describe('of several things wrong with a read', () => {
  it.each<[what: string, code: number, act: () => Promise<unknown>]>([
    ['a missing document', NOT_FOUND, () => bench.raw.getDocument({ name: `${ROOT}/p/missing` })],
    [
      'a bad name before a missing document',
      INVALID_ARGUMENT,
      () => bench.raw.getDocument({ name: `${ROOT}/p` }),
    ],
    ['a missing index', FAILED_PRECONDITION, () => run({ parent: ROOT, structuredQuery: query(2) })],
    [
      'a bad query before its missing index',
      INVALID_ARGUMENT,
      () => run({ parent: ROOT, structuredQuery: query(31) }),
    ],
    [
      'a transaction that is none',
      INVALID_ARGUMENT,
      () => run({ parent: ROOT, structuredQuery: { from: [{ collectionId: 'p' }] }, transaction: unknown }),
    ],
    [
      'a read time long ago',
      FAILED_PRECONDITION,
      () =>
        run({ parent: ROOT, structuredQuery: { from: [{ collectionId: 'p' }] }, readTime: { seconds: 1 } }),
    ],
  ])('%s', async (_what, code, act) => {
    expect(await failure(act())).toMatchObject({ code });
  });
});
