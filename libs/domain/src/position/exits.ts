import type { ArmedFrom, PriceSource } from '../market/tick.ts';

/**
 * What protects a position, each part counting from its own `armedFrom`. All of them look at the position's
 * price source unless they name another. Prices and distances are decimal text in quote currency; of several that one tick reaches, the
 * protective one executes; what closes the position ends all the others.
 */
export interface Exits {
  readonly stopLoss?: StopLoss;
  /** Nearest to the entry first. */
  readonly targets: readonly Target[];
  readonly trailing?: TrailingStop;
  readonly breakEven?: BreakEven;
  readonly timeExit?: TimeExit;
}

export interface StopLoss {
  readonly price: string;
  readonly source?: PriceSource;
  readonly armedFrom: ArmedFrom;
}

/** One rung of a take-profit ladder. */
export interface Target {
  /** Unique in the position. */
  readonly id: string;
  readonly price: string;
  /** How much it closes; without it, all that is left. */
  readonly size?: TargetSize;
  readonly source?: PriceSource;
  readonly armedFrom: ArmedFrom;
}

/** A part of all that was ever entered (above 0, at most 1), so that it grows with partial fills; or a fixed quantity. */
export type TargetSize = { readonly share: string } | { readonly quantity: string };

/** In quote currency, or in parts per million of the best price. */
export type TrailingDistance = { readonly absolute: string } | { readonly ppm: number };

/** Follows the best price since `armedFrom`, `start` included. */
export interface TrailingStop {
  readonly distance: TrailingDistance;
  /** It follows only from the first tick that reaches this price; absent once one has. */
  readonly activation?: string;
  /** The first best price: the entry, or the price that activated it. */
  readonly start: string;
  readonly source?: PriceSource;
  readonly armedFrom: ArmedFrom;
}

/** Moves the stop loss to the average entry price, and `offset` beyond it, once its condition is met. */
export interface BreakEven {
  readonly after: { readonly targets: number } | { readonly price: string };
  /** In the position's favour, decimal text; `0` is the entry itself. */
  readonly offset: string;
  readonly source?: PriceSource;
  readonly armedFrom: ArmedFrom;
}

/** Closes all at the symbol's first tick at or after a moment. */
export interface TimeExit {
  /** Epoch milliseconds, the feed's time. */
  readonly at: number;
  readonly armedFrom: ArmedFrom;
}

export const noExits: Exits = { targets: [] };
