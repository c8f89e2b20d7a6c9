import {
  type BatchPerformanceDocument,
  type ShardDocument,
  paths,
  queries,
  timeShards,
} from '@bellwether/contracts';
import { buildQuery, readDocument } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import type { Stored } from './readings.ts';

/** How the system is doing, by what it has stored. Costs a read for each shard, and ten. */
export async function readStored(firestore: Firestore): Promise<Stored> {
  const [shards, performance, quarantined, ...dead] = await Promise.all([
    firestore.collection(paths.executorShards()).get(),
    firestore.doc(paths.batchPerformance()).get(),
    firestore.collection(paths.quarantined()).count().get(),
    ...Array.from({ length: timeShards }, async (_, shard) =>
      buildQuery(firestore, queries.deadDeliveries, { values: { shard } }).count().get(),
    ),
  ]);
  const found = shards.docs.flatMap((document) => {
    const shard = readDocument<ShardDocument>(document);
    return shard === undefined ? [] : [[document.id, shard] as const];
  });
  return {
    shards: new Map(found),
    performance: readDocument<BatchPerformanceDocument>(performance),
    quarantined: quarantined.data().count,
    dead: dead.reduce((sum, snapshot) => sum + snapshot.data().count, 0),
  };
}
