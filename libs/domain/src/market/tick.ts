/** Which of a symbol's prices decides: trades, or the two sides of the quote. */
export type PriceSource = 'trade' | 'quote';

/** One series of prices of a symbol, in which levels are armed; `mark` is what the venue values positions at. */
export type PriceSeries = 'trade' | 'bid' | 'ask' | 'mark';

/**
 * The tick that decided something: where it stands in its feed and the price that counted, so that
 * anyone can look it up in the tick history.
 */
export interface TickReference {
  readonly symbol: string;
  readonly venue: string;
  /** Feed epoch and the tick's ordinal in it, counted per shard. */
  readonly epoch: string;
  readonly ordinal: number;
  readonly series: PriceSeries;
  /** Decimal text, quote currency. */
  readonly price: string;
  /** The venue's time, epoch milliseconds. */
  readonly exchangeAt: number;
  /** When market-feed received it, epoch milliseconds. */
  readonly receivedAt: number;
}

/**
 * From where ticks count for a level: a place in a feed, or a moment of the feed's own time.
 * Ticks before it never count.
 */
export type ArmedFrom = { readonly epoch: string; readonly ordinal: number } | { readonly at: number };

/** Feed epochs sort by their text; places of one epoch by ordinal. */
export function isAtOrAfter(
  place: { readonly epoch: string; readonly ordinal: number; readonly exchangeAt: number },
  armedFrom: ArmedFrom,
): boolean {
  if ('at' in armedFrom) return place.exchangeAt >= armedFrom.at;
  if (place.epoch !== armedFrom.epoch) return place.epoch > armedFrom.epoch;
  return place.ordinal >= armedFrom.ordinal;
}
