import type { ArmedFrom, PriceSource } from '../market/tick.ts';
import type { Side } from '../position/position.ts';
import type { Condition, EntrySpec } from '../trigger/trigger.ts';

/** Somebody's or some model's view of a symbol, before anything is done about it. */
export interface SignalSpec {
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  /** Whose view it is: a model, a strategy, a person. */
  readonly source: string;
  /** From 0 to 1, decimal text. */
  readonly confidence: string;
  readonly priceSource: PriceSource;
  /** Ends unused at the symbol's first tick at or after it, epoch milliseconds. */
  readonly expiresAt: number;
  /** What to open when it is acted on, unless something else is said then. */
  readonly entry?: EntrySpec;
  /** Waits for this before it opens: acting on it arms a trigger. */
  readonly when?: Condition;
}

export interface SignalTerms extends SignalSpec {
  /** From where ticks count for its end. */
  readonly armedFrom: ArmedFrom;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** What came of a signal. */
export type SignalOutcome =
  | { readonly kind: 'opened'; readonly positionId: string; readonly orderId: string }
  | { readonly kind: 'armed'; readonly positionId: string; readonly triggerId: string };

export interface Signal extends SignalTerms {
  readonly status: 'active' | 'actedOn' | 'expired' | 'closed';
  /** Set once it was acted on. */
  readonly outcome?: SignalOutcome;
}
