import { eventId } from '@bellwether/contracts';
import type { AlertType } from './alert-types.ts';
import type { Notice, NoticeworthyEvent } from './notice.ts';
import { sampleCommittedAt, sampleEvents } from './sample-events.ts';

/** An alert of that type as nobody's journal tells it: to show what one looks like. */
export function sampleNotice(of: AlertType): Notice {
  const [uid, accountId, seq] = ['u1', 'u1.main', 12];
  return {
    eventId: eventId(accountId, seq, 1),
    tenant: 'sample',
    uid,
    accountId,
    seq,
    traceId: '',
    committedAt: sampleCommittedAt,
    event: isSampled(of) ? sampleEvents[of] : toldSample(of),
  };
}

function isSampled(of: AlertType): of is keyof typeof sampleEvents {
  return Object.hasOwn(sampleEvents, of);
}

function toldSample(of: Exclude<AlertType, keyof typeof sampleEvents>): NoticeworthyEvent {
  return {
    type: 'Told',
    of,
    subjectId: 'sample',
    severity: 'info',
    headline: `What an alert of ${of} says`,
    details: [],
  };
}
