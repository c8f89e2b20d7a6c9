import {
  type Decimal,
  type Money,
  type Price,
  add,
  decimal,
  divide,
  formatDecimal,
  multiply,
} from '../units.ts';
import type { PriceTable } from './symbol-prices.ts';

/** What one unit of a currency was worth in another, and the symbols whose prices say so. */
export interface Rate {
  readonly from: string;
  readonly to: string;
  /** Decimal text. */
  readonly rate: string;
  readonly symbols: readonly string[];
}

export type RateRefusal = {
  readonly reason: 'NO_RATE';
  readonly from: string;
  readonly to: string;
  /** The symbols of which any would have told. */
  readonly symbols: string;
};

/** A rate that is a quotient has this many digits after the point. */
const rateScale = 18;
/** An event tells at most so many rates. */
export const maxRates = 64;
/** Currencies over which two others are compared, where no symbol prices one in the other. */
const bridges = ['USD', 'USDT', 'USDC', 'BTC'];

/**
 * What a unit of `from` is worth in `to` at the last prices: the price of `FROM-TO` or `FROMTO`, or one over
 * that of `TO-FROM` or `TOFROM`; else the product of two such rates over the first of USD, USDT, USDC and
 * BTC that has both. No currency counts as another: a dollar token needs its price like anything else.
 */
export function rateBetween(from: string, to: string, market: PriceTable): Rate | undefined {
  if (from === to) return { from, to, rate: '1', symbols: [] };
  const straight = straightRate(from, to, market);
  if (straight !== undefined) return { from, to, ...straight };
  for (const bridge of bridges) {
    const first = straightRate(from, bridge, market);
    const second = first && straightRate(bridge, to, market);
    if (first === undefined || second === undefined) continue;
    const rate = formatDecimal(roundedProduct(decimal(first.rate), decimal(second.rate)));
    return { from, to, rate, symbols: [...first.symbols, ...second.symbols] };
  }
  return undefined;
}

/** Turns amounts into one currency, and remembers with which rates. */
export class Conversion {
  readonly #used = new Map<string, Rate>();

  constructor(
    readonly to: string,
    private readonly market: PriceTable,
  ) {}

  /** The amount in `to`, exact but for the rate; `undefined` where no price tells the rate. */
  convert(amount: Money, from: string): Money | undefined {
    if (from === this.to || amount.units === 0n) return amount;
    const rate = this.#used.get(from) ?? rateBetween(from, this.to, this.market);
    if (rate === undefined) return undefined;
    this.#used.set(from, rate);
    return multiply(amount, decimal(rate.rate));
  }

  /** Those that were needed, in the order in which they were; the first of them, where they are very many. */
  get rates(): readonly Rate[] {
    return [...this.#used.values()].slice(0, maxRates);
  }

  missing(from: string): RateRefusal {
    const symbols = [...symbolsOf(from, this.to), ...symbolsOf(this.to, from)].join(' ');
    return { reason: 'NO_RATE', from, to: this.to, symbols };
  }
}

/** Of one symbol: its last trade, else the middle of its quote, else its mark price. */
function priceOf({ trade, bid, ask, mark }: ReturnType<PriceTable>): Price | undefined {
  if (trade !== undefined) return decimal(trade.price);
  if (bid !== undefined && ask !== undefined)
    return multiply(add(decimal(bid.price), decimal(ask.price)), { units: 5n, scale: 1 });
  return mark === undefined ? undefined : decimal(mark.price);
}

function straightRate(
  from: string,
  to: string,
  market: PriceTable,
): Pick<Rate, 'rate' | 'symbols'> | undefined {
  if (from === to) return { rate: '1', symbols: [] };
  for (const symbol of symbolsOf(from, to)) {
    const price = priceOf(market(symbol));
    if (price !== undefined) return { rate: formatDecimal(price), symbols: [symbol] };
  }
  for (const symbol of symbolsOf(to, from)) {
    const price = priceOf(market(symbol));
    if (price === undefined || price.units <= 0n) continue;
    const rate = divide({ units: 1n, scale: 0 }, price, rateScale, 'halfEven');
    return { rate: formatDecimal(rate), symbols: [symbol] };
  }
  return undefined;
}

function symbolsOf(base: string, quote: string): readonly string[] {
  return [`${base}-${quote}`, `${base}${quote}`];
}

function roundedProduct(a: Decimal, b: Decimal): Decimal {
  return divide(multiply(a, b), { units: 1n, scale: 0 }, rateScale, 'halfEven');
}
