import type { PriceSeries, TickReference } from './tick.ts';

/**
 * The last tick of each series of a symbol that its shard has judged: what a decision that no tick caused
 * goes by. A series that has not ticked is absent.
 */
export type SymbolPrices = { readonly [Series in PriceSeries]?: TickReference } & {
  /** Its feed is not healthy: it is worth that as far as anybody knows, but nothing fills at it. */
  readonly isPaused?: boolean;
};

/** Last prices by symbol, as far as the deciding executor knows them. */
export type Market = (symbol: string) => SymbolPrices;

/** The last prices before a moment, epoch milliseconds, as far as somebody remembers them. */
export type MarketBefore = (at: number) => Market;

/** Last prices by symbol where it is not known which ticks they are of. Decimal text. */
export type PriceTable = (symbol: string) => {
  readonly [Series in PriceSeries]?: { readonly price: string };
};

/** A market of which nothing is known. */
export const unknownMarket: Market = () => ({});

/** The tick at which something would be sold (`bid`) or bought (`ask`) now: of quotes, else the last trade, else the mark. */
export function tickFor(prices: SymbolPrices, side: 'bid' | 'ask'): TickReference | undefined {
  return prices[side] ?? prices.trade ?? prices.mark;
}
