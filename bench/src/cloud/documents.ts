import { Firestore } from '@google-cloud/firestore';
import { inFlight } from '../runner/in-flight.ts';
import type { CloudProcess } from '../processes/cloud-process.ts';

/** Google's client on a Firestore at this address. */
export function connectFirestore(host: string, projectId: string): Firestore {
  return new Firestore({ projectId, host, ssl: false, universeDomain: 'googleapis.com' });
}

/** Writes `count` documents of `documentOf(index)`, in commits of 500. */
export async function writeDocuments(
  firestore: Firestore,
  collection: string,
  count: number,
  documentOf: (index: number) => Record<string, unknown>,
): Promise<void> {
  const documents = firestore.collection(collection);
  const size = 500;
  await inFlight(8, Math.ceil(count / size), async (chunk) => {
    const batch = firestore.batch();
    for (let index = chunk * size; index < Math.min(count, (chunk + 1) * size); index += 1)
      batch.set(documents.doc(String(index).padStart(9, '0')), documentOf(index));
    await batch.commit();
  });
}

/** Fields of a position's size: with its name of 72 bytes such a document takes 316 bytes on the wire. */
export function positionFields(index: number): Record<string, unknown> {
  return {
    symbol: `SYM${index % 1000}`.padEnd(8, '.'),
    side: 'long',
    status: 'open',
    quantity: String(index).padStart(10, '0'),
    entryPrice: `${String(index % 100_000).padStart(6, '0')}.25`,
    stopPrice: '000099.75',
    shard: index % 16,
    note: '-'.repeat(noteLength),
  };
}
const noteLength = 72;

/** A cloud process with this many documents of `positionFields` in `positions`. */
export async function fillWithPositions(cloud: CloudProcess, count: number): Promise<void> {
  const firestore = connectFirestore(cloud.hosts.firestore, cloud.project);
  try {
    await writeDocuments(firestore, 'positions', count, positionFields);
    const { count: counted } = (await firestore.collection('positions').count().get()).data();
    if (counted !== count) throw new Error(`${counted} documents were stored, not ${count}`);
  } finally {
    await firestore.terminate();
  }
}
