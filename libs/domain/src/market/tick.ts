/** Which of a symbol's prices decides: trades, the two sides of the quote, or the venue's mark price. */
export type PriceSource = 'trade' | 'quote' | 'mark';

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
  /** How much a trade traded, decimal text; quotes and marks carry none. */
  readonly size?: string;
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

/** From the tick after this one on. */
export function after({ epoch, ordinal }: Pick<TickReference, 'epoch' | 'ordinal'>): ArmedFrom {
  return { epoch, ordinal: ordinal + 1 };
}

/** The series that decides for what is sold or bought at it: a sale looks at the bid, a purchase at the ask. */
export function seriesOf(source: PriceSource, side: 'bid' | 'ask'): PriceSeries {
  return source === 'quote' ? side : source;
}
