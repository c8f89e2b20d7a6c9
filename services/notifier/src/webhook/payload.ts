import { alertTextOf } from '../channels/alert-text.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { describeNotice } from '../messages/describe-notice.ts';
import { eventTypeOf } from '../notices/notice.ts';
import type { Severity } from '../rules/alert-rule.ts';

/** What receivers get: the type names the version, which stays as it is. */
export interface Payload {
  readonly type: 'bellwether.alert.v1';
  /** When it was committed, ISO 8601. */
  readonly timestamp: string;
  readonly data: {
    readonly eventId: string;
    readonly tenant: string;
    readonly uid: string;
    readonly accountId: string;
    readonly seq: number;
    readonly eventType: string;
    readonly headline: string;
    readonly severity: Severity;
    readonly details: readonly { readonly name: string; readonly value: string }[];
    /** What it lists; empty where it lists nothing. */
    readonly lines: readonly string[];
    /** No money moved: the shadow broker filled it. */
    readonly isShadow: boolean;
    /** An earlier request with the same id may have arrived. */
    readonly possibleRepeat: boolean;
    /** Empty when there is none. */
    readonly traceId: string;
  };
}

export function payloadOf(alert: Delivery): Payload {
  const { notice, possibleRepeat } = alert;
  const { eventId, tenant, uid, accountId, seq, traceId, committedAt } = notice;
  const { headline, details, lines } = alertTextOf(alert);
  const { severity, isShadow } = describeNotice(notice);
  return {
    type: 'bellwether.alert.v1',
    timestamp: new Date(committedAt).toISOString(),
    data: {
      eventId,
      tenant,
      uid,
      accountId,
      seq,
      eventType: eventTypeOf(notice),
      headline,
      severity,
      details: details.map(([name, value]) => ({ name, value })),
      lines,
      isShadow,
      possibleRepeat,
      traceId,
    },
  };
}
