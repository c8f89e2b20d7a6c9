import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AggregateField,
  FieldPath,
  Filter,
  Timestamp,
  type CollectionReference,
  type Query,
} from '@google-cloud/firestore';
import type { IndexFile } from '../src/firestore/index.ts';
import { failure, startFirestoreBench, type FirestoreBench } from './firestore-bench.ts';

const FAILED_PRECONDITION = 9;
const INVALID_ARGUMENT = 3;

let bench: FirestoreBench;
let cities: CollectionReference;
beforeAll(async () => {
  bench = await startFirestoreBench();
  cities = bench.db.collection('cities');
  const batch = bench.db.batch();
  for (const [id, data] of Object.entries(CITIES)) batch.set(cities.doc(id), data);
  for (const path of [
    'cities/LA/landmarks/park',
    'cities/SF/landmarks/bridge',
    'landmarks/world',
    'x/LA/landmarks/y',
  ]) {
    batch.set(bench.db.doc(path), { kind: path.split('/').at(-1), rank: path.length });
  }
  await batch.commit();
});
afterAll(() => bench.close());

const CITIES = {
  BJ: { state: null, population: 21_500_000, tags: ['hebei', 'capital'], size: { area: 16_410 } },
  DC: { state: null, population: 680_000, tags: ['east', 'capital'], size: { area: 177 } },
  LA: { state: 'CA', population: 3_900_000, tags: ['west'], size: { area: 1302 } },
  SF: { state: 'CA', population: 860_000.5, tags: ['west', 'norcal'], size: { area: 121 } },
  TOK: { state: Number.NaN, population: 'many', tags: 'none' },
};

/** The file that one error's entry was pasted into. */
function pasted(list: 'indexes' | 'fieldOverrides', { details }: { details: unknown }): IndexFile {
  const entry = String(details).replace('The query requires an index. ', '');
  const file: unknown = JSON.parse(`{ "${list}": [${entry}] }`);
  if (!isIndexFile(file)) throw new Error(`no index: ${entry}`);
  return file;
}

function isIndexFile(file: unknown): file is IndexFile {
  return typeof file === 'object' && file !== null && ('indexes' in file || 'fieldOverrides' in file);
}

const active = (from: Query): Query => from.where('status', '==', 'active');
const dearest = (from: Query): Query => active(from).orderBy('price', 'desc');

async function ids(query: Query): Promise<string> {
  return (await query.get()).docs.map(({ id }) => id).join(' ');
}

async function paths(query: Query): Promise<string[]> {
  return (await query.get()).docs.map(({ ref }) => ref.path);
}

const landmarks = (): Query => bench.db.collectionGroup('landmarks');

describe('a query', () => {
  const population = 'population';
  it.each<[string, (from: Query) => Query, string]>([
    ['of everything comes by name', (from) => from, 'BJ DC LA SF TOK'],
    ['==', (from) => from.where('state', '==', 'CA'), 'LA SF'],
    ['== null', (from) => from.where('state', '==', null), 'BJ DC'],
    ['== NaN', (from) => from.where('state', '==', Number.NaN), 'TOK'],
    ['!=', (from) => from.where('state', '!=', 'CA'), 'TOK'],
    ['!= null', (from) => from.where('state', '!=', null), 'TOK LA SF'],
    ['!= NaN', (from) => from.where('state', '!=', Number.NaN), 'LA SF'],
    ['<', (from) => from.where(population, '<', 860_000.5), 'DC'],
    ['<=', (from) => from.where(population, '<=', 860_000.5), 'DC SF'],
    ['>', (from) => from.where(population, '>', 3_900_000), 'BJ'],
    ['>= and <', (from) => from.where(population, '>=', 860_000).where(population, '<', 3_900_001), 'SF LA'],
    ['< and <= hold no NaN', (from) => from.where('state', '<=', 1), ''],
    ['> compares within a type', (from) => from.where(population, '>', 'm'), 'TOK'],
    ['in', (from) => from.where(population, 'in', [680_000, 3_900_000]), 'DC LA'],
    ['not-in', (from) => from.where(population, 'not-in', [680_000, 'many']), 'SF LA BJ'],
    ['array-contains', (from) => from.where('tags', 'array-contains', 'west'), 'LA SF'],
    ['array-contains-any', (from) => from.where('tags', 'array-contains-any', ['hebei', 'norcal']), 'BJ SF'],
    ['a path into a map', (from) => from.where('size.area', '>', 177), 'LA BJ'],
    ['a whole map', (from) => from.where('size', '==', { area: 121 }), 'SF'],
    ['and', (from) => from.where('state', '==', 'CA').where('tags', 'array-contains', 'norcal'), 'SF'],
    [
      'or',
      (from) =>
        from.where(Filter.or(Filter.where(population, '==', 680_000), Filter.where('state', '==', 'CA'))),
      'DC LA SF',
    ],
    [
      'or of ands',
      (from) =>
        from.where(
          Filter.or(
            Filter.and(Filter.where('state', '==', null), Filter.where(population, '==', 680_000)),
            Filter.where('tags', '==', 'none'),
          ),
        ),
      'DC TOK',
    ],
    ['two ranges', (from) => from.where(population, '>', 0).where('size.area', '<', 1000), 'DC SF'],
    ['order', (from) => from.orderBy(population), 'DC SF LA BJ TOK'],
    ['descending order', (from) => from.orderBy(population, 'desc'), 'TOK BJ LA SF DC'],
    ['order leaves out what lacks the field', (from) => from.orderBy('size.area'), 'SF DC LA BJ'],
    ['two orders', (from) => from.orderBy('state').orderBy(population, 'desc'), 'BJ DC TOK LA SF'],
    ['order by name, descending', (from) => from.orderBy(FieldPath.documentId(), 'desc'), 'TOK SF LA DC BJ'],
    ['limit', (from) => from.orderBy(population).limit(2), 'DC SF'],
    ['limitToLast', (from) => from.orderBy(population).limitToLast(2), 'BJ TOK'],
    ['offset', (from) => from.offset(3), 'SF TOK'],
    ['startAt', (from) => from.orderBy(population).startAt(3_900_000), 'LA BJ TOK'],
    ['startAfter', (from) => from.orderBy(population).startAfter(3_900_000), 'BJ TOK'],
    ['endAt', (from) => from.orderBy(population).endAt(860_000.5), 'DC SF'],
    ['endBefore', (from) => from.orderBy(population, 'desc').endBefore(3_900_000), 'TOK BJ'],
    [
      'a cursor over two orders',
      (from) => from.orderBy('state').orderBy(population).startAfter(null, 680_000),
      'BJ TOK SF LA',
    ],
    ['a cursor and limitToLast', (from) => from.orderBy(population).endBefore('many').limitToLast(1), 'BJ'],
    ['one name', (from) => from.where(FieldPath.documentId(), '==', 'DC'), 'DC'],
    ['names in a list', (from) => from.where(FieldPath.documentId(), 'in', ['SF', 'none', 'DC']), 'DC SF'],
    [
      'a range of names',
      (from) => from.where(FieldPath.documentId(), '>', 'DC').where(FieldPath.documentId(), '<=', 'SF'),
      'LA SF',
    ],
  ])('%s', async (_what, build, expected) => {
    expect(await ids(build(cities))).toBe(expected);
  });

  it('continues after a document', async () => {
    const first = await cities.orderBy('state').limit(2).get();
    const last = first.docs.at(-1);
    expect(last?.id).toBe('DC');
    expect(await ids(cities.orderBy('state').startAfter(last))).toBe('TOK LA SF');
  });

  it('returns only the fields selected', async () => {
    const { docs } = await cities.where('state', '==', 'CA').select('size.area', 'missing').get();
    expect(docs.map((doc) => doc.data())).toEqual([{ size: { area: 1302 } }, { size: { area: 121 } }]);
    const names = await cities.select().limit(1).get();
    expect(names.docs[0]?.data()).toEqual({});
  });

  it('finds nothing in a collection that does not exist', async () => {
    const empty = await bench.db.collection('none').get();
    expect(empty.empty).toBe(true);
    expect(empty.readTime).toBeInstanceOf(Timestamp);
  });

  it.each<[string, (from: Query) => Query]>([
    [
      'more than 30 alternatives',
      (from) =>
        from.where(
          'a',
          'in',
          Array.from({ length: 31 }, (_, i) => i),
        ),
    ],
    [
      'more than 30 combinations',
      (from) => from.where('a', 'in', [1, 2, 3, 4, 5, 6]).where('b', 'in', [1, 2, 3, 4, 5, 6]),
    ],
    [
      'more than 10 excluded values',
      (from) =>
        from.where(
          'a',
          'not-in',
          Array.from({ length: 11 }, (_, i) => i),
        ),
    ],
  ])('is refused with %s', async (_what, build) => {
    expect(await failure(build(cities).get())).toMatchObject({ code: INVALID_ARGUMENT });
  });
});

describe('a collection group', () => {
  const all = [
    'cities/LA/landmarks/park',
    'cities/SF/landmarks/bridge',
    'landmarks/world',
    'x/LA/landmarks/y',
  ];

  it('holds the collections of one id at every depth, by name', async () => {
    expect(await paths(landmarks())).toEqual(all);
  });

  it('is filtered and ordered as a whole', async () => {
    expect(await paths(landmarks().where('kind', 'in', ['world', 'bridge']))).toEqual([all[1], all[2]]);
    expect(await paths(landmarks().orderBy('rank', 'desc').limit(1))).toEqual([all[1]]);
  });

  it('goes on after a path', async () => {
    const name = FieldPath.documentId();
    expect(await paths(landmarks().orderBy(name).startAfter('landmarks/world'))).toEqual([all[3]]);
    expect(await paths(landmarks().where(name, '<', 'landmarks/world'))).toEqual([all[0], all[1]]);
  });

  it('follows later writes', async () => {
    const extra = bench.db.doc('deep/1/er/2/landmarks/z');
    await extra.set({ kind: 'z', rank: 0 });
    expect(await paths(landmarks().where('rank', '<', 1))).toEqual([extra.path]);
    await extra.delete();
    expect(await paths(landmarks())).toEqual(all);
  });
});

describe('an aggregation', () => {
  it('counts, sums and averages', async () => {
    const california = cities.where('state', '==', 'CA');
    const result = await california
      .aggregate({
        count: AggregateField.count(),
        area: AggregateField.sum('size.area'),
        mean: AggregateField.average('population'),
      })
      .get();
    expect(result.data()).toEqual({ count: 2, area: 1423, mean: 2_380_000.25 });
    expect((await cities.limit(3).count().get()).data()).toEqual({ count: 3 });
  });
});

describe('listing', () => {
  it('lists documents, also missing ones that have descendants', async () => {
    const listed = await bench.db.collection('x').listDocuments();
    expect(listed.map(({ path }) => path)).toEqual(['x/LA']);
    const snapshots = await bench.db.getAll(...listed);
    expect(snapshots.map(({ exists }) => exists)).toEqual([false]);
  });

  it('lists the collections of the root and of a document', async () => {
    const root = (await bench.db.listCollections()).map(({ id }) => id);
    expect(root).toEqual(['cities', 'landmarks', 'x']);
    const below = (await cities.doc('LA').listCollections()).map(({ path }) => path);
    expect(below).toEqual(['cities/LA/landmarks']);
  });
});

describe('the single-document methods', () => {
  const parent = 'projects/demo/databases/(default)/documents';
  it('create, get, update and delete', async () => {
    const { raw } = bench;
    const fields = { n: { integerValue: 1 }, m: { integerValue: 2 } };
    const [made] = await raw.createDocument({
      parent,
      collectionId: 'single',
      documentId: 'a',
      document: { fields },
    });
    const name = `${parent}/single/a`;
    expect(made.name).toBe(name);
    await raw.updateDocument({
      document: { name, fields: { n: { integerValue: 3 } } },
      updateMask: { fieldPaths: ['n'] },
    });
    const [read] = await raw.getDocument({ name, mask: { fieldPaths: ['n'] } });
    expect(Object.entries(read.fields ?? {})).toEqual([
      ['n', expect.objectContaining({ integerValue: '3' })],
    ]);
    await raw.deleteDocument({ name });
    expect(await failure(raw.getDocument({ name }))).toEqual({
      code: 5,
      details: `Document "${name}" not found.`,
    });
  });
});

describe('a read time', () => {
  it('shows documents and queries as they were', async () => {
    const collection = bench.db.collection('past');
    await collection.doc('a').set({ n: 1 });
    const { readTime } = await collection.doc('a').get();
    await bench.db
      .batch()
      .update(collection.doc('a'), { n: 2 })
      .create(collection.doc('b'), { n: 1 })
      .commit();
    const seen = await bench.db.runTransaction(
      async (transaction) => {
        const [doc, query] = [
          await transaction.get(collection.doc('a')),
          await transaction.get(collection.where('n', '==', 1)),
        ];
        return { n: Number(doc.get('n')), ids: query.docs.map(({ id }) => id) };
      },
      { readOnly: true, readTime },
    );
    expect(seen).toEqual({ n: 1, ids: ['a'] });
  });

  it('too long ago is refused', async () => {
    const read = bench.db.runTransaction((transaction) => transaction.get(cities.doc('LA')), {
      readOnly: true,
      readTime: Timestamp.fromMillis(Date.now() - 3_600_000),
    });
    expect(await failure(read)).toEqual({
      code: FAILED_PRECONDITION,
      details: 'The requested snapshot version is too old.',
    });
  });
});

describe('declared indexes', () => {
  it('are required; the error holds the entry that is missing', async () => {
    const strict = await startFirestoreBench({ indexes: {} });
    const { db } = strict;
    const error = await failure(dearest(db.collection('triggers')).get());
    const counted = await failure(active(db.collectionGroup('triggers')).count().get());
    const listened = await new Promise<Error>((resolve) =>
      dearest(db.collection('triggers')).onSnapshot(() => undefined, resolve),
    );
    await strict.close();
    expect([error.code, counted.code]).toEqual([FAILED_PRECONDITION, FAILED_PRECONDITION]);
    expect(pasted('indexes', error).indexes).toEqual([
      {
        collectionGroup: 'triggers',
        queryScope: 'COLLECTION',
        fields: [
          { fieldPath: 'status', order: 'ASCENDING' },
          { fieldPath: 'price', order: 'DESCENDING' },
        ],
      },
    ]);
    expect(listened.message).toBe(`Error ${FAILED_PRECONDITION}: ${String(error.details)}`);

    const served = await startFirestoreBench({
      indexes: { ...pasted('indexes', error), ...pasted('fieldOverrides', counted) },
    });
    await served.db.doc('a/b/triggers/c').set({ status: 'active', price: '1' });
    const found = [
      await ids(active(served.db.collectionGroup('triggers'))),
      await ids(dearest(served.db.collection('a/b/triggers'))),
    ];
    await served.close();
    expect(found).toEqual(['c', 'c']);
  });
});
