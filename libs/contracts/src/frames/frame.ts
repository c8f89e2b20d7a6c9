/**
 * A run of ticks of one shard, as market-feed publishes it: columns, one entry a tick.
 *
 * Prices and sizes are integers counted in 10^-scale of their instrument, exact below 4.5e15.
 */
export interface Frame {
  readonly shard: number;
  /** Which run of the feed: ids of one feed sort by time. */
  readonly epoch: string;
  /** Gapless within shard and epoch, from 1. */
  readonly number: number;
  /** The first tick's ordinal within shard and epoch, from 0. */
  readonly firstOrdinal: number;
  /** When market-feed received the newest tick, epoch milliseconds. */
  readonly receivedAt: number;
  /** True for the last frame of an epoch; it may hold no ticks. */
  readonly isLast: boolean;
  readonly instruments: readonly FrameInstrument[];
  readonly length: number;
  /** Index into `instruments`. */
  readonly instrument: Uint16Array;
  /** Epoch milliseconds. */
  readonly exchangeAt: Float64Array;
  /** A trade's price, a quote's bid, a mark price. */
  readonly first: Float64Array;
  /** A trade's size, a quote's ask, nothing of a mark price. */
  readonly second: Float64Array;
  /** How the health of symbols changed, in the order of `at`. An epoch starts with every symbol healthy. */
  readonly health?: readonly HealthChange[];
}

export const symbolHealths = ['healthy', 'stale', 'suspect'] as const;

/** `stale`: nothing valid comes where ticks are due. `suspect`: too much of what comes is refused. */
export type SymbolHealth = (typeof symbolHealths)[number];

/** From a tick of its frame on, what a symbol's ticks are worth: nothing fires on one that is not healthy. */
export interface HealthChange {
  /** Index of the first tick that it holds for; the frame's length when that is still to come. */
  readonly at: number;
  readonly symbol: string;
  readonly health: SymbolHealth;
  /** For people. */
  readonly reason: string;
  /** Epoch milliseconds, on the axis of exchange times. */
  readonly since: number;
}

/** A symbol at a venue, and how its numbers are counted in this frame. */
export interface FrameInstrument {
  readonly symbol: string;
  readonly venue: string;
  readonly kind: 'trade' | 'quote' | 'mark';
  readonly priceScale: number;
  /** 0 for all but trades: other sizes do not travel. */
  readonly sizeScale: number;
}

/** The greatest integer that a frame carries: its zigzag difference still fits 53 bits. */
export const largestFrameInteger = 4_500_000_000_000_000;
