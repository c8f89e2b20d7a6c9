/** What telling a channel came to, and so what happens next. */
export type Outcome =
  | Sent
  /** Not a failure: wait, then ask again. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number; readonly scope: LimitScope }
  /** It may have landed, or may land yet: a repeat has to say that it may be one. */
  | { readonly kind: 'ambiguous'; readonly reason: string }
  /** It has certainly not landed. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** This content will never be taken. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The channel is gone or closed to us: it is not to be asked again. */
  | { readonly kind: 'gone'; readonly reason: string }
  /** Taken without a receipt, which only our own mistake can bring about. */
  | { readonly kind: 'unconfirmed'; readonly reason: string };

export interface Sent {
  readonly kind: 'sent';
  /** The provider's id of the message; ours where it gives none. */
  readonly messageId: string;
  /** The time of the message, epoch milliseconds: the provider's where it tells it to the millisecond. */
  readonly sentAt: number;
  /** The message stands once, whatever became of earlier requests with it. */
  readonly isOnce?: boolean;
}

/** Whose limit was reached: the channel's, our address's or bot's, or one of all who post there, which is not our doing. */
export type LimitScope = 'user' | 'global' | 'shared';
