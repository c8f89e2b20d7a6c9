import { queries } from '@bellwether/contracts';
import { buildQuery } from '@bellwether/store';
import type { Firestore, Query, QuerySnapshot } from '@google-cloud/firestore';
import type { ArmedSubject } from '../ticks/fired.ts';
import {
  type ReadSubject,
  readArmedOrder,
  readArmedPosition,
  readArmedSignal,
  readArmedTrigger,
} from './read-subject.ts';

const pageSize = 5_000;

/**
 * Reads every armed document of a shard, page by page: one billed read each. What changes while it reads may
 * be missing.
 */
export async function loadArmed(
  firestore: Firestore,
  shard: number,
  note: (subject: ArmedSubject) => void,
): Promise<void> {
  const where = (status: string) => ({ values: { shard, 'details.status': status } });
  const positions = (status: string) => buildQuery(firestore, queries.armedPositionsOfShard, where(status));
  const triggers = buildQuery(firestore, queries.activeTriggersOfShard, where('active'));
  const orders = buildQuery(firestore, queries.workingOrdersOfShard, where('open'));
  const signals = buildQuery(firestore, queries.activeSignalsOfShard, where('active'));
  await Promise.all([
    loadAll(positions('open'), readArmedPosition, note),
    loadAll(positions('closing'), readArmedPosition, note),
    loadAll(triggers, readArmedTrigger, note),
    loadAll(orders, readArmedOrder, note),
    loadAll(signals, readArmedSignal, note),
  ]);
}

/** The next page is under way while one is noted. */
async function loadAll(
  query: Query,
  read: ReadSubject,
  note: (subject: ArmedSubject) => void,
): Promise<void> {
  let next: Promise<QuerySnapshot> | undefined = query.limit(pageSize).get();
  while (next !== undefined) {
    const { docs }: QuerySnapshot = await next;
    const last = docs.at(-1);
    next = last && docs.length === pageSize ? query.limit(pageSize).startAfter(last).get() : undefined;
    for (const document of docs) {
      const subject = read(document);
      if (subject !== undefined) note(subject);
    }
  }
}
