import type { ArmedFrom, PriceSource } from '../market/tick.ts';
import type { OrderKind, TimeInForce } from '../order/order.ts';
import type { ExitsSpec } from '../position/exits-spec.ts';
import type { Side } from '../position/position.ts';

/** What a trigger waits for. Prices and percentages are decimal text. */
export type Condition =
  /** The price is at or above, or at or below, a level. */
  | { readonly kind: 'price'; readonly direction: 'above' | 'below'; readonly price: string }
  /** The price has moved at least so far from the lowest or highest of the last `windowMs`. */
  | {
      readonly kind: 'move';
      readonly direction: 'up' | 'down' | 'either';
      readonly percent: string;
      readonly windowMs: number;
    }
  /** The symbol's first tick at or after a moment of the feed's time, epoch milliseconds. */
  | { readonly kind: 'time'; readonly at: number };

/** A position to be opened, or added to. */
export interface EntrySpec {
  readonly positionId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: string;
  readonly how: OrderKind;
  readonly timeInForce: TimeInForce;
  readonly priceSource: PriceSource;
  readonly exits?: ExitsSpec;
  readonly strategy?: string;
  readonly tags?: readonly string[];
}

/** What a trigger does when it fires. Telling is done for every firing; `notify` alone does no more. */
export type TriggerAction =
  | { readonly kind: 'notify' }
  | { readonly kind: 'open'; readonly entry: EntrySpec }
  /** All of the position, or its latest round that is open, or a share of it (above 0, at most 1). */
  | { readonly kind: 'close'; readonly positionId: string; readonly share?: string }
  | { readonly kind: 'amend'; readonly positionId: string; readonly exits: ExitsSpec }
  /** A chain: arms another trigger, from the next tick on. */
  | { readonly kind: 'arm'; readonly trigger: TriggerSpec };

/** A trigger as it is asked for. */
export interface TriggerSpec {
  readonly id: string;
  readonly symbol: string;
  readonly priceSource: PriceSource;
  readonly when: Condition;
  readonly action: TriggerAction;
  /** Fires again after so long, without it once; at most `times` in all. */
  readonly rearm?: { readonly coolDownMs: number; readonly times?: number };
  /** Ends unfired at the symbol's first tick at or after it, epoch milliseconds. */
  readonly expiresAt?: number;
}

export interface TriggerTerms extends TriggerSpec {
  readonly armedFrom: ArmedFrom;
}

export interface Trigger extends TriggerTerms {
  readonly status: 'active' | 'fired' | 'cancelled' | 'expired';
  /** How often it has fired. */
  readonly firings: number;
}
