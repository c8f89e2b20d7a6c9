/** `quarantine/{consumer}:{messageId}`: a message that never will parse. */
export interface QuarantineDocument {
  readonly consumer: string;
  readonly reason: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly data: Uint8Array;
  /** The data was longer. */
  readonly isCut: boolean;
  /** Epoch milliseconds. */
  readonly publishedAt: number;
}

/**
 * `ops_dead_letters/{id}:{number}`: what somebody did to a dead letter, numbered from 1; by the dead letter's id, which is
 * `delivery:{tenant}:{eventId}_{channelId}` or `message:{consumer}:{messageId}`.
 */
export interface DeadLetterActionDocument {
  readonly action: 'retried' | 'edited' | 'discarded';
  readonly actor: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly reason?: string;
  /** JSON of what was changed or given up. */
  readonly before?: string;
  readonly after?: string;
}
