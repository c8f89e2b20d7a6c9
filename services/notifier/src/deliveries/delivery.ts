import type { DeliveryDocument } from '@bellwether/contracts';
import { severityOf } from '../notices/alert-facts.ts';
import type { Notice } from '../notices/notice.ts';
import type { Grouping } from '../rules/alert-rule.ts';

/** One notice on its way to one channel. */
export interface Delivery {
  readonly channelId: string;
  readonly notice: Notice;
  /** Requests so far. */
  readonly attempts: number;
  /** Its first line, by a template of its tenant; without it as usual. */
  readonly text?: string;
  /** An earlier request may have landed. */
  readonly possibleRepeat: boolean;
  /** It is to make no sound. */
  readonly isSilent?: boolean;
  /** By its rule; without it as usual. */
  readonly grouping?: Grouping;
  /** No message will bring it again: its document alone does. */
  readonly isParked?: boolean;
  /** Of the message of the position's opening, by its rule; `both` where it is absent. */
  readonly updates?: 'both' | 'edit' | 'none';
  /** It only changes the message of the position's opening: the alert is a delivery of its own. */
  readonly isAmendment?: boolean;
  /** The id of an earlier message of the channel that this one is to replace, where it can. */
  readonly replaces?: string;
}

/**
 * Whether the alert only informs, and may stand on its channel already: where nothing tells that it does, it is not posted
 * again, but told by the next digest.
 */
export function isTooMuchTwice({ notice: { event }, possibleRepeat, isAmendment }: Delivery): boolean {
  if (!possibleRepeat || isAmendment === true || isDigest(event)) return false;
  return severityOf(event) === 'info';
}

export function isDigest(event: Notice['event']): boolean {
  return event.type === 'Told' && event.of === 'AlertsGrouped';
}

const amended = ':edit';

/** The event's id in the document of a delivery: an amendment has one beside its alert's. */
export function recordIdOf({ notice, isAmendment }: Pick<Delivery, 'notice' | 'isAmendment'>): string {
  return isAmendment === true ? `${notice.eventId}${amended}` : notice.eventId;
}

/** The id of the event that a delivery tells of. */
export function toldEventIdOf({
  eventId,
  isAmendment,
}: Pick<DeliveryDocument, 'eventId' | 'isAmendment'>): string {
  return isAmendment === true ? eventId.slice(0, -amended.length) : eventId;
}

export interface Receipt {
  readonly messageId: string;
  /** The time of the message, epoch milliseconds with fraction: the provider's where it tells it to the millisecond. */
  readonly sentAt: number;
}

/** Where the state of deliveries is kept. Each call changes all of its deliveries or none. */
export interface DeliveryRecord {
  sent(deliveries: readonly Delivery[], receipt: Receipt): Promise<void>;
  retrying(deliveries: readonly Delivery[], reason: string): Promise<void>;
  dead(deliveries: readonly Delivery[], reason: string): Promise<void>;
  /** Leaves them to whoever takes them up at `dueAt`, epoch milliseconds. */
  parked(deliveries: readonly Delivery[], dueAt: number): Promise<void>;
  /** Gives up deliveries that no request has carried yet: to be claimed anew, or taken up where they are parked. */
  release(deliveries: readonly Delivery[]): Promise<void>;
}

/** Where digests are kept. */
export interface DigestRecord {
  /**
   * Puts members into a digest: from now on it tells them. The digest's own document is created with its first members, and
   * always says what those say that name it. To be repeated with the same until it succeeds.
   *
   * @param grouped how many name it then, those included.
   */
  digested(digest: Delivery, grouped: number, members: readonly Delivery[]): Promise<void>;
}
