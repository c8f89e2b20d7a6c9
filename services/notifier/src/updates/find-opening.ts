import { type DeliveryDocument, paths, queries } from '@bellwether/contracts';
import { buildQuery, readDocument } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { type Notice, subjectIdOf } from '../notices/notice.ts';

/** What a channel was told of a position's opening. */
export type Opening =
  /** By a message that tells of nothing else. */
  | { readonly kind: 'told'; readonly messageId: string }
  /** Nothing yet. */
  | { readonly kind: 'underway' }
  /** Nothing that could say something else now. */
  | { readonly kind: 'none' };

/** Ids of positions are each account's own; more accounts of a tenant than this have none alike that are told of. */
const most = 20;

/** How a position's opening was told on the channel. Costs a read. */
export async function findOpening(firestore: Firestore, closed: Notice, channelId: string): Promise<Opening> {
  const { docs } = await buildQuery(firestore, queries.deliveriesOfSubject, {
    within: paths.deliveries(closed.tenant),
    values: { channelId, subjectId: subjectIdOf(closed), eventType: 'PositionOpened' },
    limit: most,
  }).get();
  const found = docs
    .flatMap((document) => readDocument<DeliveryDocument>(document) ?? [])
    .find(({ accountId }) => accountId === closed.accountId);
  return openingOf(found);
}

/** By its delivery. */
export function openingOf(
  opened: Pick<DeliveryDocument, 'status' | 'isAlone' | 'messageId'> | undefined,
): Opening {
  switch (opened?.status) {
    case 'sent': {
      const { isAlone, messageId } = opened;
      return isAlone === true && messageId !== undefined ? { kind: 'told', messageId } : { kind: 'none' };
    }
    case 'claimed':
    case 'pending':
    case 'retrying':
      return { kind: 'underway' };
    case 'grouped':
    case 'dead':
    case 'suppressed':
    case undefined:
      return { kind: 'none' };
  }
}
