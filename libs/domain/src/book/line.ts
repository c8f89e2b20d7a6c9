import type { ArmedFrom, PriceSeries, PriceSource } from '../market/tick.ts';
import type { ExitReason, PositionTerms } from '../position/position.ts';
import type { PriceTrigger } from '../trigger/price-trigger.ts';
import { type Decimal, decimal } from '../units.ts';

/** What a line is there for; on one tick they are reported in the order of `precedence`. */
export type LineReason = ExitReason | 'timeExit' | 'breakEven' | 'activation' | 'order' | 'trigger';

/** How far a trailing stop stands from the best price: an amount of quote currency, or parts per million of it. */
export type TrailingDistance = { readonly absolute: Decimal } | { readonly ppm: number };

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
  readonly distance: TrailingDistance;
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

/** A line of a position or trigger, with its name there. */
export interface NamedLine {
  /** Unique among the lines of its position or trigger: `stop`, `target-1`. */
  readonly id: string;
  readonly line: Line;
  /** Where it is not that of the position or trigger. */
  readonly armedFrom?: ArmedFrom;
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
};

/** The lines of a position's exits: a long is sold at the bid, a short bought back at the ask. */
export function linesOfPosition(position: PositionTerms): NamedLine[] {
  const { side, exits, entryPrice, priceSource } = position;
  const isLong = side === 'long';
  const series = seriesOf(priceSource, isLong ? 'bid' : 'ask');
  const lines: NamedLine[] = [];
  if (exits.stopLoss !== undefined) {
    const fires = isLong ? 'atOrBelow' : 'atOrAbove';
    const price = decimal(exits.stopLoss);
    lines.push({ id: 'stop', line: { kind: 'fixed', reason: 'stopLoss', series, fires, price } });
  }
  if (exits.trailing !== undefined) {
    const line: Line = {
      kind: 'trailing',
      reason: 'trailingStop',
      series,
      follows: isLong ? 'highest' : 'lowest',
      distance: { absolute: decimal(exits.trailing.distance) },
      start: decimal(entryPrice),
    };
    lines.push({ id: 'trail', line });
  }
  if (exits.takeProfit !== undefined) {
    const fires = isLong ? 'atOrAbove' : 'atOrBelow';
    const price = decimal(exits.takeProfit);
    lines.push({ id: 'target-1', line: { kind: 'fixed', reason: 'takeProfit', series, fires, price } });
  }
  return lines;
}

/** The line of a price trigger: below looks at the bid, above at the ask. */
export function linesOfTrigger(trigger: Pick<PriceTrigger, 'when' | 'priceSource'>): NamedLine[] {
  const isAbove = trigger.when.direction === 'above';
  const line: Line = {
    kind: 'fixed',
    reason: 'trigger',
    series: seriesOf(trigger.priceSource, isAbove ? 'ask' : 'bid'),
    fires: isAbove ? 'atOrAbove' : 'atOrBelow',
    price: decimal(trigger.when.price),
  };
  return [{ id: 'trigger', line }];
}

function seriesOf(source: PriceSource, side: 'bid' | 'ask'): PriceSeries {
  return source === 'quote' ? side : source;
}
