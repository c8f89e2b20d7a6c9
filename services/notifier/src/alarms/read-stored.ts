import { type BatchPerformanceDocument, type ShardDocument, paths } from '@bellwether/contracts';
import { readDocument } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import type { Stored } from './readings.ts';

/** How the system is doing, by what it has stored. Costs a read for each shard, and two. */
export async function readStored(firestore: Firestore): Promise<Stored> {
  const [shards, performance, quarantined] = await Promise.all([
    firestore.collection(paths.executorShards()).get(),
    firestore.doc(paths.batchPerformance()).get(),
    firestore.collection(paths.quarantined()).count().get(),
  ]);
  const found = shards.docs.flatMap((document) => {
    const shard = readDocument<ShardDocument>(document);
    return shard === undefined ? [] : [[document.id, shard] as const];
  });
  return {
    shards: new Map(found),
    performance: readDocument<BatchPerformanceDocument>(performance),
    quarantined: quarantined.data().count,
  };
}
