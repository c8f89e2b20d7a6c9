import type { AccountEvent } from '@bellwether/domain';
import type { ScopeEvent } from '../events/scope-event.ts';

/** `tenants/{t}/deliveries/{eventId}_{channelId}`: claimed before the first attempt. */
export interface DeliveryDocument {
  readonly eventId: string;
  /** One of `timeShards`, by the event's id. */
  readonly shard: number;
  readonly channelId: string;
  readonly accountId: string;
  readonly uid: string;
  readonly seq: number;
  readonly eventType: AccountEvent['type'] | ToldType;
  readonly subjectId: string;
  /**
   * `pending` waits in its document alone, for `dueAt`; a rule said that the `suppressed` is not sent; the `grouped` is told
   * by the digest that it names.
   */
  readonly status: 'claimed' | 'pending' | 'grouped' | 'sent' | 'retrying' | 'dead' | 'suppressed';
  /** The digest that tells it: the event id of that delivery, on the same channel. */
  readonly digestId?: string;
  /** Of a digest, how many deliveries name it. */
  readonly grouped?: number;
  /** What becomes of the message of the position's opening, by the rule; `both` where it is absent. */
  readonly updates?: 'both' | 'edit' | 'none';
  /** When it becomes part of a digest, by its rule; as usual where it is absent. */
  readonly grouping?: { readonly key: string; readonly windowMs: number; readonly after: number };
  /** Its message tells nothing else, so that it may be edited. */
  readonly isAlone?: boolean;
  /**
   * It puts the alert in the place of the message of the position's opening, and is over when that says so. The alert has a
   * delivery of its own, without `:edit` at the end of the event's id.
   */
  readonly isAmendment?: boolean;
  /** What it says, where no account's journal does. */
  readonly told?: ToldDocument;
  /** The rule that suppressed it. */
  readonly rule?: string;
  /** Sent without a sound. */
  readonly isSilent?: boolean;
  /** Its message is acknowledged although it is not over: a notifier takes it up at `dueAt`. */
  readonly isParked?: boolean;
  /** Epoch milliseconds. */
  readonly dueAt?: number;
  /** A notifier has taken it up; if it is due once more, nobody knows what that one did. */
  readonly isHeld?: boolean;
  /** Of `ChannelDisabled`, what the channel had answered. */
  readonly answer?: string;
  readonly attempts: number;
  readonly possibleRepeat: boolean;
  readonly traceId: string;
  /** Epoch milliseconds with fraction, by the services that hold them: Firestore, Pub/Sub, Discord. */
  readonly committedAt: number;
  readonly publishedAt: number;
  /** When market-feed received the deciding tick; absent where no tick decided. */
  readonly tickReceivedAt?: number;
  readonly sentAt?: number;
  readonly messageId?: string;
  readonly reason?: string;
  readonly claimedAt: number;
  /** When it died; absent once somebody has retried or discarded it. */
  readonly diedAt?: number;
}

/** An alert in words, before any channel's markup: plain text, nothing of it escaped or cut. */
export interface ToldDocument {
  readonly severity: 'critical' | 'warning' | 'success' | 'info';
  /** Readable in a phone's preview. */
  readonly headline: string;
  readonly details: readonly { readonly name: string; readonly value: string }[];
  /** What it lists, a line for each. */
  readonly lines?: readonly string[];
  /** Where it is about one alone. */
  readonly symbol?: string;
  /** No money moved: the shadow broker filled all of it. */
  readonly isShadow?: boolean;
  /** A running sum to be drawn, where the channel shows pictures. */
  readonly chart?: {
    readonly title: string;
    /** At equal distances in time. */
    readonly points: readonly number[];
    readonly from: string;
    readonly to: string;
  };
}

/** What alerts are about that no account's journal tells of. */
export type ToldType =
  | ScopeEvent['type']
  /** A channel answered an alert so that it was disabled. */
  | 'ChannelDisabled'
  /** Somebody wants to see whether a channel takes alerts. It is the document of no delivery. */
  | 'ChannelTested'
  /** A digest: many alerts in one. */
  | 'AlertsGrouped'
  /** A message that was delivered ten times and never processed. */
  | 'MessageDead'
  /** Something that operators look after is not as it should be, or is again. */
  | 'AlarmRaised'
  | 'AlarmCleared'
  /** What a tenant traded in a day or a week. */
  | 'DaySummarized'
  | 'WeekSummarized';
