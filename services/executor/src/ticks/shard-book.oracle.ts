import type { Frame, FrameInstrument } from '@bellwether/contracts';
import {
  type Decimal,
  type LineReason,
  type PriceSeries,
  type TriggerTerms,
  add,
  compare,
  decimal,
  formatDecimal,
  subtract,
} from '@bellwether/domain';
import type { OrderedPosition } from './armed.builder.ts';

/** What a user asked for, as a spec gives it to the book and to the oracle. */
export type Order =
  | { readonly kind: 'position'; readonly terms: OrderedPosition }
  | { readonly kind: 'trigger'; readonly terms: TriggerTerms };

/** Where and why an order executes. */
export interface Execution {
  readonly reason: LineReason;
  readonly level: string;
  readonly epoch: string;
  readonly ordinal: number;
  readonly series: PriceSeries;
  readonly price: string;
}

/**
 * What should happen to an order, worked out tick by tick with exact decimals from its terms and the
 * whole market alone: it knows no book, no arming time and no restart.
 */
export function expectedExecution(order: Order, market: readonly Frame[]): Execution | undefined {
  const judge = order.kind === 'position' ? judgePosition(order.terms) : judgeTrigger(order.terms);
  const { symbol, armedFrom } = order.terms;
  for (const { instruments, instrument, first, second, exchangeAt, epoch, ...frame } of market) {
    for (let i = 0; i < frame.length; i += 1) {
      const described = instruments[instrument[i]!]!;
      const ordinal = frame.firstOrdinal + i;
      const counts =
        'at' in armedFrom
          ? exchangeAt[i]! >= armedFrom.at
          : `${epoch}/${pad(ordinal)}` >= `${armedFrom.epoch}/${pad(armedFrom.ordinal)}`;
      if (described.symbol !== symbol || !counts) continue;
      for (const [series, price] of pricesOf(described, first[i]!, second[i]!)) {
        const reached = judge(series, price);
        if (reached !== undefined)
          return {
            reason: reached.reason,
            level: formatDecimal(reached.level),
            epoch,
            ordinal,
            series,
            price: formatDecimal(price),
          };
      }
    }
  }
  return undefined;
}

type Judge = (
  series: PriceSeries,
  price: Decimal,
) => { readonly reason: LineReason; readonly level: Decimal } | undefined;

function judgePosition({ side, exits, entryPrice, priceSource }: OrderedPosition): Judge {
  const watched = priceSource === 'trade' ? 'trade' : side === 'long' ? 'bid' : 'ask';
  let best = decimal(entryPrice);
  return (series, price) => {
    if (series !== watched) return undefined;
    /** Above zero: `price` is better for the position than `level`. */
    const better = (level: Decimal): number =>
      side === 'long' ? compare(price, level) : compare(level, price);
    if (better(best) > 0) best = price;
    if (exits.stopLoss !== undefined && better(decimal(exits.stopLoss)) <= 0)
      return { reason: 'stopLoss', level: decimal(exits.stopLoss) };
    if (exits.trailing !== undefined) {
      const distance = decimal(exits.trailing.distance);
      const level = side === 'long' ? subtract(best, distance) : add(best, distance);
      if (better(level) <= 0) return { reason: 'trailingStop', level };
    }
    if (exits.takeProfit !== undefined && better(decimal(exits.takeProfit)) >= 0)
      return { reason: 'takeProfit', level: decimal(exits.takeProfit) };
    return undefined;
  };
}

function judgeTrigger({ when, priceSource }: TriggerTerms): Judge {
  if (when.kind !== 'price') throw new Error('the oracle knows prices only');
  const isAbove = when.direction === 'above';
  const watched = priceSource === 'trade' ? 'trade' : isAbove ? 'ask' : 'bid';
  const level = decimal(when.price);
  return (series, price) => {
    const far = isAbove ? compare(price, level) : compare(level, price);
    return series === watched && far >= 0 ? { reason: 'trigger', level } : undefined;
  };
}

function pricesOf(
  { kind, priceScale: scale }: FrameInstrument,
  first: number,
  second: number,
): [PriceSeries, Decimal][] {
  const price = (units: number): Decimal => ({ units: BigInt(units), scale });
  return kind === 'trade'
    ? [['trade', price(first)]]
    : [
        ['bid', price(first)],
        ['ask', price(second)],
      ];
}

function pad(ordinal: number): string {
  return ordinal.toString().padStart(9, '0');
}
