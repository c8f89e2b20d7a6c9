import type { ArmedFrom, PriceSeries } from '../market/tick.ts';
import type { Decimal } from '../units.ts';

/** What a line is there for; on one tick they are reported in the order of `precedence`. */
export type LineReason =
  | 'stopLoss'
  | 'trailingStop'
  | 'timeExit'
  | 'breakEven'
  | 'activation'
  | 'takeProfit'
  | 'order'
  | 'trigger'
  /** The end of an order, a trigger or a signal. */
  | 'expiry';

/** How far a trailing stop stands from the best price: an amount of quote currency, or parts per million of it. */
export type LineDistance = { readonly absolute: Decimal } | { readonly ppm: number };

/** Fires at a price at or beyond `price`. */
export interface FixedLine {
  readonly kind: 'fixed';
  readonly reason: LineReason;
  readonly series: PriceSeries;
  readonly fires: 'atOrBelow' | 'atOrAbove';
  readonly price: Decimal;
}

/** Fires at `distance` from the best price since arming; `start` counts as the first such price. */
export interface TrailingLine {
  readonly kind: 'trailing';
  readonly reason: LineReason;
  readonly series: PriceSeries;
  readonly follows: 'highest' | 'lowest';
  readonly distance: LineDistance;
  readonly start: Decimal;
}

/** Fires at the first tick of the series whose exchange time is at or after `at`, epoch milliseconds. */
export interface TimeLine {
  readonly kind: 'time';
  readonly reason: LineReason;
  readonly series: PriceSeries;
  readonly at: number;
}

/**
 * Fires when the price has moved by `ppm` parts per million or more: up from the lowest, down from the
 * highest price of the last `windowMs`, this tick included. Only ticks that count for the line do so.
 */
export interface MoveLine {
  readonly kind: 'move';
  readonly reason: LineReason;
  readonly series: PriceSeries;
  readonly direction: 'up' | 'down' | 'either';
  readonly ppm: number;
  readonly windowMs: number;
}

/** One condition on one series of a symbol's prices. Prices are exact, at any scale. */
export type Line = FixedLine | TrailingLine | TimeLine | MoveLine;

/** One line, watched from a place or a moment on. */
export interface Armed {
  /** Unique in the book. */
  readonly key: string;
  readonly symbol: string;
  readonly armedFrom: ArmedFrom;
  readonly line: Line;
}

/** A line of a position, trigger or order, with its name there. */
export interface NamedLine {
  /** Unique among the lines of what it belongs to: `stop`, `target-1`. */
  readonly id: string;
  readonly armedFrom: ArmedFrom;
  readonly line: Line;
}

/** When one tick reaches several lines, the protective ones come first. */
export const precedence: Readonly<Record<LineReason, number>> = {
  stopLoss: 0,
  trailingStop: 1,
  timeExit: 2,
  breakEven: 3,
  activation: 4,
  takeProfit: 5,
  order: 6,
  trigger: 7,
  expiry: 8,
};
