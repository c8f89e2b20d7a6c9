import { eventId } from '@bellwether/contracts';
import { readDocument } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';

const commitsAtOnce = 500;

/**
 * The last documents of a collection whose ids are events of an account, oldest first: read backwards by id, which needs no
 * index. Costs a read for each that it tells, and one for each stretch of the journal that has none.
 *
 * @param within the path of the collection.
 * @param version the last entry of the journal that may have one.
 */
export async function latestOfAccount<Document>(
  firestore: Firestore,
  within: string,
  {
    accountId,
    version,
    limit,
  }: { readonly accountId: string; readonly version: number; readonly limit: number },
): Promise<Document[]> {
  const ordered = firestore.collection(within).orderBy('__name__');
  let found: Document[] = [];
  for (let end = version + 1; end > 1 && found.length < limit; end -= commitsAtOnce) {
    const first = Math.max(1, end - commitsAtOnce);
    const range = ordered.startAt(eventId(accountId, first, 0)).endBefore(eventId(accountId, end, 0));
    const { docs } = await range.get();
    found = [...docs.flatMap((each) => readDocument<Document>(each) ?? []), ...found];
  }
  return limit === 0 ? [] : found.slice(-limit);
}
