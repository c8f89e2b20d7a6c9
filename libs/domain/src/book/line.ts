import type { ArmedFrom, PriceSeries, PriceSource } from '../market/tick.ts';
import type { ExitReason, PositionTerms } from '../position/position.ts';
import type { PriceTrigger } from '../trigger/price-trigger.ts';
import { type Decimal, decimal } from '../units.ts';

export type LineReason = ExitReason | 'trigger';

/** One price condition on one series of a symbol's prices. Prices are exact, at any scale. */
export type Line =
  | {
      readonly kind: 'fixed';
      readonly reason: LineReason;
      readonly series: PriceSeries;
      readonly fires: 'atOrBelow' | 'atOrAbove';
      readonly price: Decimal;
    }
  | {
      /** Fires at `distance` from the best price since arming; `start` counts as the first such price. */
      readonly kind: 'trailing';
      readonly reason: 'trailingStop';
      readonly series: PriceSeries;
      readonly follows: 'highest' | 'lowest';
      readonly distance: Decimal;
      readonly start: Decimal;
    };

/** What is armed together and ends together: all exits of a position, or one trigger. */
export interface Armed {
  /** Unique in the book. */
  readonly key: string;
  readonly symbol: string;
  readonly armedFrom: ArmedFrom;
  readonly lines: readonly Line[];
}

/** When one tick reaches several lines of a position, the protective one executes. */
export const precedence: Readonly<Record<LineReason, number>> = {
  stopLoss: 0,
  trailingStop: 1,
  takeProfit: 2,
  trigger: 3,
};

/** The lines of a position's exits: a long is sold at the bid, a short bought back at the ask. */
export function linesOfPosition(position: PositionTerms): Line[] {
  const { side, exits, entryPrice, priceSource } = position;
  const isLong = side === 'long';
  const series = seriesOf(priceSource, isLong ? 'bid' : 'ask');
  const lines: Line[] = [];
  if (exits.stopLoss !== undefined) {
    const fires = isLong ? 'atOrBelow' : 'atOrAbove';
    lines.push({ kind: 'fixed', reason: 'stopLoss', series, fires, price: decimal(exits.stopLoss) });
  }
  if (exits.trailing !== undefined) {
    lines.push({
      kind: 'trailing',
      reason: 'trailingStop',
      series,
      follows: isLong ? 'highest' : 'lowest',
      distance: decimal(exits.trailing.distance),
      start: decimal(entryPrice),
    });
  }
  if (exits.takeProfit !== undefined) {
    const fires = isLong ? 'atOrAbove' : 'atOrBelow';
    lines.push({ kind: 'fixed', reason: 'takeProfit', series, fires, price: decimal(exits.takeProfit) });
  }
  return lines;
}

/** The line of a price trigger: below looks at the bid, above at the ask. */
export function linesOfTrigger(trigger: Pick<PriceTrigger, 'when' | 'priceSource'>): Line[] {
  const isAbove = trigger.when.direction === 'above';
  return [
    {
      kind: 'fixed',
      reason: 'trigger',
      series: seriesOf(trigger.priceSource, isAbove ? 'ask' : 'bid'),
      fires: isAbove ? 'atOrAbove' : 'atOrBelow',
      price: decimal(trigger.when.price),
    },
  ];
}

function seriesOf(source: PriceSource, side: 'bid' | 'ask'): PriceSeries {
  return source === 'trade' ? 'trade' : side;
}
