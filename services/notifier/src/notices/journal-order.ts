import type { Notice } from './notice.ts';

type Place = Pick<Notice, 'accountId' | 'seq' | 'eventId'>;

/** Whether one stands before the other in the journal of their account; false for what stands in none, or in another's. */
export function isBefore(a: Place, b: Place): boolean {
  return a.accountId !== '' && a.accountId === b.accountId && inJournalOrder(a, b) < 0;
}

/** By account, and in its journal by commit and event. */
export function inJournalOrder(a: Place, b: Place): number {
  if (a.accountId !== b.accountId) return a.accountId < b.accountId ? -1 : 1;
  return a.seq - b.seq || indexOf(a) - indexOf(b) || Number(a.eventId > b.eventId);
}

/** Of the event in its commit. */
function indexOf({ eventId }: Place): number {
  return Number(/:(\d+)$/.exec(eventId)?.[1] ?? 0);
}
