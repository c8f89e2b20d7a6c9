import type { Firestore } from '@google-cloud/firestore';
import { strict as assert } from 'node:assert';
import { connectFirestore, writeDocuments } from '../cloud/documents.ts';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { benchmark } from '../runner/benchmark.ts';

const queries = 200;
const resultSize = 10;

export default benchmark({
  question: 'Does a query for 10 documents cost the same among 1,000,000 as among 1,000?',
  unit: 'us/query',
  target: { ratio: { atMost: 2 } },
  latency: true,
  timeLimitSeconds: 400,
  async setup(progress) {
    const cloud = await startCloudProcess();
    const firestore = connectFirestore(cloud.hosts.firestore, cloud.project);
    for (const [collection, count] of Object.entries(sizes)) {
      progress(`writes ${count} documents`);
      await writeDocuments(firestore, collection, count, (index) => ({
        batch: Math.floor(index / resultSize),
      }));
    }
    return { cloud, firestore };
  },
  async check({ firestore }) {
    for (const [collection, count] of Object.entries(sizes)) {
      const counted = (await firestore.collection(collection).count().get()).data().count;
      assert.equal(counted, count);
      const found = await query(firestore, collection, 7);
      assert.deepEqual(
        found.map((id) => Number(id)),
        Array.from({ length: resultSize }, (_, index) => 70 + index),
      );
    }
  },
  baseline: ({ firestore }) => microsecondsEach(firestore, 'small'),
  subject: ({ firestore }) => microsecondsEach(firestore, 'large'),
  async close({ cloud, firestore }) {
    await firestore.terminate();
    await cloud.close();
  },
});

const sizes = { small: 1000, large: 1_000_000 } as const;

async function microsecondsEach(firestore: Firestore, collection: keyof typeof sizes): Promise<number> {
  const groups = sizes[collection] / resultSize;
  const start = performance.now();
  for (let index = 0; index < queries; index += 1)
    await query(firestore, collection, Math.floor((index * groups) / queries));
  return ((performance.now() - start) * 1000) / queries;
}

async function query(firestore: Firestore, collection: string, batch: number): Promise<string[]> {
  const { docs } = await firestore.collection(collection).where('batch', '==', batch).get();
  return docs.map(({ id }) => id);
}
