import type { Notice } from '../notices/notice.ts';

/** By what an alert is found again: event, place in the journal where it has one, trace. */
export function referenceOf({ eventId, seq, traceId }: Notice): string {
  const place = seq === 0 ? '' : ` · journal ${seq}`;
  return `event ${eventId}${place}${traceId === '' ? '' : ` · trace ${traceId}`}`;
}
