import { type Commit, type CreditTransactionDocument, eventId, paths } from '@bellwether/contracts';
import type { AccountEvent, CreditsEvent } from '@bellwether/domain';

/** A credit transaction without the time at which it was written. */
export type CreditTransactionFields = Omit<CreditTransactionDocument, 'changedAt'>;

const kinds = {
  CreditsGranted: 'grant',
  CreditsReserved: 'reserve',
  CreditsSettled: 'settle',
  CreditsReleased: 'release',
  CreditsReversed: 'reverse',
} as const satisfies Record<CreditsEvent['type'], CreditTransactionDocument['kind']>;

/** The transactions that a commit makes in the book of credits, by path: one for each of its events that moves some. */
export function creditTransactionsOf(
  commit: Pick<Commit, 'tenant' | 'uid' | 'accountId' | 'seq' | 'events'>,
): ReadonlyMap<string, CreditTransactionFields> {
  const { tenant: tenantId, uid, accountId, seq, events } = commit;
  return new Map(
    events.flatMap((event, index) => {
      if (!isOfCredits(event)) return [];
      const id = eventId(accountId, seq, index);
      const { amount, available: balance } = event;
      const common = { eventId: id, tenantId, accountId, seq, kind: kinds[event.type], amount, balance };
      return [[paths.creditTransaction(uid, id), { ...common, ...detailsOf(event) }]];
    }),
  );
}

function detailsOf(
  event: CreditsEvent,
): Pick<CreditTransactionFields, 'purpose' | 'actor' | 'reservationId' | 'reverses'> {
  if (event.type === 'CreditsGranted') return { purpose: event.reason, actor: event.actor };
  if (event.type === 'CreditsReversed')
    return { purpose: event.reason, actor: event.actor, reverses: event.reverses };
  const { purpose, reservationId } = event;
  return reservationId === undefined ? { purpose } : { purpose, reservationId };
}

function isOfCredits(event: AccountEvent): event is CreditsEvent {
  return event.type in kinds;
}
