import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FieldValue, type CollectionReference, type VectorQueryOptions } from '@google-cloud/firestore';
import { failure, startFirestoreBench, type FirestoreBench } from './firestore-bench.ts';

const [INVALID_ARGUMENT, FAILED_PRECONDITION] = [3, 9];

let bench: FirestoreBench;
beforeAll(async () => {
  bench = await startFirestoreBench();
});
afterAll(() => bench.close());

describe('explain', () => {
  let sizes: CollectionReference;
  beforeAll(async () => {
    sizes = bench.db.collection('sizes');
    await Promise.all([1, 2, 3].map((n) => sizes.add({ n })));
  });

  it('names the index of a query without running it', async () => {
    const { metrics, snapshot } = await sizes.where('n', '>', 1).explain();
    expect(metrics.planSummary.indexesUsed).toEqual([
      { query_scope: 'Collection', properties: '(n ASC, __name__ ASC)' },
    ]);
    expect([metrics.executionStats, snapshot]).toEqual([null, null]);
  });

  it('runs it when asked, and counts', async () => {
    const { metrics, snapshot } = await sizes
      .where('n', '>', 1)
      .orderBy('n', 'desc')
      .explain({ analyze: true });
    expect(snapshot?.docs.map((found): unknown => found.get('n'))).toEqual([3, 2]);
    expect(metrics.executionStats).toMatchObject({ resultsReturned: 2, readOperations: 2 });
    const none = await sizes.where('n', '==', 9).explain({ analyze: true });
    expect(none.metrics.executionStats).toMatchObject({ resultsReturned: 0, readOperations: 1 });
    expect(none.snapshot?.size).toBe(0);
  });

  it('counts the answer of an aggregation as one result', async () => {
    const counted = sizes.where('n', '<', 3).count();
    expect((await counted.explain()).snapshot).toBeNull();
    const { metrics, snapshot } = await counted.explain({ analyze: true });
    expect(snapshot?.data()).toEqual({ count: 2 });
    expect(metrics.executionStats?.resultsReturned).toBe(1);
  });

  it('comes with the last document of a stream', async () => {
    const seen: string[] = [];
    for await (const data of sizes.explainStream({ analyze: true })) {
      if (typeof data === 'string') continue;
      seen.push(['document', 'metrics'].filter((key) => Reflect.get(data, key) !== undefined).join(' '));
    }
    expect(seen).toEqual(['document', 'document', 'document metrics']);
  });
});

/** Searches the vectors of a filtered collection. */
function search(from: CollectionReference): Promise<unknown> {
  return from
    .where('id', '==', 'far')
    .findNearest({ vectorField: 'at', queryVector: [0, 0], limit: 1, distanceMeasure: 'EUCLIDEAN' })
    .get();
}

/** How many documents each partition of the group holds. */
async function partsOf(count: number): Promise<number[]> {
  const sizes: number[] = [];
  for await (const part of bench.db.collectionGroup('parted').getPartitions(count)) {
    sizes.push((await part.toQuery().get()).size);
  }
  return sizes;
}

describe('a vector search', () => {
  let points: CollectionReference;
  beforeAll(async () => {
    points = bench.db.collection('points');
    const vectors: Record<string, unknown> = {
      near: FieldValue.vector([3, 4]),
      far: FieldValue.vector([30, 40]),
      across: FieldValue.vector([4, -3]),
      short: FieldValue.vector([1]),
      list: [3, 4],
      none: null,
    };
    await Promise.all(Object.entries(vectors).map(([id, at]) => points.doc(id).set({ at, id })));
  });

  it.each<[VectorQueryOptions['distanceMeasure'], Partial<VectorQueryOptions>, [string, number][]]>([
    [
      'EUCLIDEAN',
      {},
      [
        ['near', 5],
        ['across', 5],
        ['far', 50],
      ],
    ],
    [
      'EUCLIDEAN',
      { distanceThreshold: 5 },
      [
        ['near', 5],
        ['across', 5],
      ],
    ],
    [
      'EUCLIDEAN',
      { queryVector: [3, 4] },
      [
        ['near', 0],
        ['across', Math.hypot(1, 7)],
        ['far', 45],
      ],
    ],
    [
      'COSINE',
      { queryVector: [6, 8], limit: 2 },
      [
        ['far', 0],
        ['near', 0],
      ],
    ],
    [
      'COSINE',
      { queryVector: [6, 8], distanceThreshold: 0.5 },
      [
        ['far', 0],
        ['near', 0],
      ],
    ],
    [
      'DOT_PRODUCT',
      { queryVector: [1, 1] },
      [
        ['far', 70],
        ['near', 7],
        ['across', 1],
      ],
    ],
    [
      'DOT_PRODUCT',
      { queryVector: [1, 1], distanceThreshold: 7 },
      [
        ['far', 70],
        ['near', 7],
      ],
    ],
  ])('by %s with %j finds the nearest', async (distanceMeasure, options, expected) => {
    const found = await points
      .findNearest({
        vectorField: 'at',
        queryVector: [0, 0],
        limit: 10,
        distanceMeasure,
        distanceResultField: 'distance',
        ...options,
      })
      .get();
    const results = found.docs.map((each): [string, unknown] => [each.id, each.get('distance')]);
    expect(new Map(results)).toEqual(new Map(expected));
    expect(results.map(([, distance]) => distance)).toEqual(expected.map(([, distance]) => distance));
  });

  it('searches what the filters leave and returns what is selected', async () => {
    const found = await points
      .where('id', 'in', ['far', 'across'])
      .select('id')
      .findNearest({ vectorField: 'at', queryVector: [0, 0], limit: 1, distanceMeasure: 'EUCLIDEAN' })
      .get();
    expect(found.docs.map((each) => each.data())).toEqual([{ id: 'across' }]);
  });

  it('needs its index where indexes are declared', async () => {
    const definition = {
      collectionGroup: 'points',
      queryScope: 'COLLECTION',
      fields: [
        { fieldPath: 'id', order: 'ASCENDING' },
        { fieldPath: 'at', vectorConfig: { dimension: 2, flat: {} } },
      ],
    };
    const strict = await startFirestoreBench({ indexes: {} });
    expect(await failure(search(strict.db.collection('points')))).toEqual({
      code: FAILED_PRECONDITION,
      details: `The query requires an index. ${JSON.stringify(definition)}`,
    });
    expect(strict.server.missingIndexes).toEqual([{ definition, queries: 1 }]);
    await strict.close();
    const served = await startFirestoreBench({ indexes: { indexes: [definition] } });
    await search(served.db.collection('points'));
    await served.close();
  });
});

describe('the partitions of a group', () => {
  it('hold every document once, 128 or more of them each', async () => {
    expect(await partsOf(3)).toEqual([0]);
    const batch = bench.db.batch();
    for (let i = 0; i < 400; i += 1) batch.create(bench.db.collection(`parts/${i % 2}/parted`).doc(), {});
    await batch.commit();
    expect(await partsOf(2)).toEqual([200, 200]);
    expect(await partsOf(10)).toEqual([133, 133, 134]);
  });

  it('are refused for anything but a whole group by name', async () => {
    const parent = 'projects/demo/databases/(default)/documents';
    const from = [{ collectionId: 'parted', allDescendants: true }];
    const byName = [{ field: { fieldPath: '__name__' }, direction: 'ASCENDING' as const }];
    for (const structuredQuery of [
      { from: [{ collectionId: 'parted' }], orderBy: byName },
      { from, orderBy: [{ field: { fieldPath: 'a' } }] },
      { from, orderBy: byName, limit: { value: 1 } },
    ]) {
      const request = bench.raw.partitionQuery({ parent, structuredQuery, partitionCount: 2 });
      expect(await failure(request)).toMatchObject({ code: INVALID_ARGUMENT });
    }
  });
});
