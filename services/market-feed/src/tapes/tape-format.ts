import type { FrameInstrument } from '@bellwether/contracts';

export type TapeKind = Exclude<FrameInstrument['kind'], 'mark'>;

/** The columns of each kind of tape, as its first line names them. */
export const columns = {
  trade: ['ts_ms', 'symbol', 'venue', 'price', 'size'],
  quote: ['ts_ms', 'symbol', 'venue', 'bid', 'ask'],
} as const satisfies Record<TapeKind, readonly string[]>;

/** What a tape of this kind starts with; `undefined` for any other first line. */
export function kindOfHeader(line: string): TapeKind | undefined {
  if (line === columns.trade.join(',')) return 'trade';
  return line === columns.quote.join(',') ? 'quote' : undefined;
}

/** Which market a row belongs to; the same object for every row of a tape that names it. */
export interface TapeMarket {
  readonly symbol: string;
  readonly venue: string;
}

/**
 * A run of rows as columns. A number is `units` counted in 10^-`scale`, with the fewest decimals that
 * hold it: `13.80` is 138 at scale 1.
 */
export interface TapeRows {
  readonly kind: TapeKind;
  /** The tape's line of the first row, counted from 1. */
  readonly firstLine: number;
  readonly length: number;
  /** Epoch milliseconds. */
  readonly at: Float64Array;
  readonly market: readonly TapeMarket[];
  /** A trade's price, a quote's bid. */
  readonly first: Float64Array;
  readonly firstScale: Uint8Array;
  /** A trade's size, a quote's ask. */
  readonly second: Float64Array;
  readonly secondScale: Uint8Array;
}

/** The most decimals that a number in a tape may need. */
export const mostDecimals = 18;
