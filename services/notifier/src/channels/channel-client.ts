import type { Delivery } from '../deliveries/delivery.ts';
import type { Channel } from './channel.ts';
import type { Gate } from './gate.ts';
import type { Outcome } from './outcome.ts';

/** What one message tells. */
export type Batch = readonly [Delivery, ...Delivery[]];

/**
 * Speaks to the provider of one channel, as its document is now: all that differs from kind to kind. What a channel's
 * alerts have in common (their queue, pace, retries, parking and records) is `ChannelSender`'s.
 */
export interface ChannelClient {
  /** How many of the first alerts one message holds: at least one. */
  fitting(alerts: readonly Delivery[]): number;
  /** Makes one request that tells the alerts, which fit. Never throws. */
  tell(alerts: Batch, how: Telling): Promise<Attempt>;
  /**
   * Makes one request that puts the alert in the place of a message that was sent before, and is `refused` where that is
   * no more. Absent where messages stay as they are. An edit may be repeated at will. Never throws.
   */
  edit?(messageId: string, alert: Delivery, how: Telling): Promise<Attempt>;
  /** Whether what it refuses is worth one more request as plain text. */
  readonly hasPlainText: boolean;
  /**
   * Whether an alert that is sent twice is known for the same, by the provider or by its receiver. Where it is not, what only
   * informs is never posted again.
   */
  readonly knowsRepeats: boolean;
  /** Texts that are in no log, no error and no document of a delivery. */
  readonly secrets: readonly string[];
  readonly gate: Gate;
}

export interface Telling {
  readonly form: 'rich' | 'plain text';
  /**
   * Since when the alerts may have landed before, epoch milliseconds; zero when that is not known, absent when they
   * cannot have.
   */
  readonly doubtedSince?: number;
  /** Ends the request. */
  readonly signal: AbortSignal;
}

export interface Attempt {
  readonly outcome: Outcome;
  /** How long the channel asks to be left alone, whatever came of the request. */
  readonly pauseMs?: number;
}

/** Connects a channel of any kind. Makes no request. */
export type ConnectChannel = (channel: Channel) => ChannelClient;
