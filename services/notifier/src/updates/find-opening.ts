import { type DeliveryDocument, paths, queries } from '@bellwether/contracts';
import { buildQuery, readDocument } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { type Notice, subjectIdOf } from '../notices/notice.ts';

/** Ids of positions are each account's own; more accounts of a tenant than this have none alike that are told of. */
const most = 20;

/** The id of the message that told of a position's opening on the channel, if it told of nothing else. Costs a read. */
export async function findOpening(
  firestore: Firestore,
  closed: Notice,
  channelId: string,
): Promise<string | undefined> {
  const { docs } = await buildQuery(firestore, queries.deliveriesOfSubject, {
    within: paths.deliveries(closed.tenant),
    values: { channelId, subjectId: subjectIdOf(closed), eventType: 'PositionOpened' },
    limit: most,
  }).get();
  const found = docs
    .flatMap((document) => readDocument<DeliveryDocument>(document) ?? [])
    .find(({ accountId, status, isAlone }) => {
      return accountId === closed.accountId && status === 'sent' && isAlone === true;
    });
  return found?.messageId;
}
