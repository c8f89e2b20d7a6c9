import { type FeedDocument, paths } from '@bellwether/contracts';
import { readDocument } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';

/** Whether what is missing of an epoch never comes: no feed ever claimed it, or its feed died. */
export async function isAbandoned(firestore: Firestore, epoch: string): Promise<boolean> {
  const feed = readDocument<FeedDocument>(await firestore.doc(paths.feed(epoch)).get());
  return feed === undefined || (feed.status === 'closed' && feed.shards === undefined);
}
