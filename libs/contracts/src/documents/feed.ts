/** `ops_feeds/{epoch}`: claimed by `create`, so that two feeds cannot share an epoch. */
export interface FeedDocument {
  readonly feed: string;
  readonly startedAt: number;
  readonly status: 'running' | 'closed';
  /** Frames and ticks published per shard name, known once it is closed; absent when the feed died. */
  readonly shards?: Readonly<Record<string, { readonly frames: number; readonly ticks: number }>>;
  /** Ticks that were not believed, per reason; kept up to date every few seconds while it runs. */
  readonly refused?: Readonly<Record<string, number>>;
  /** The first of them of each reason. */
  readonly refusedSamples?: readonly RefusedTick[];
  /** For a re-based tape: what was added to the tape's times, milliseconds. */
  readonly rebasedByMs?: number;
}

/** A tick that was not believed, as it came: numbers as text, since they may be none. */
export interface RefusedTick {
  readonly reason: string;
  readonly symbol: string;
  readonly venue: string;
  readonly kind: string;
  /** A trade's price, a quote's bid, counted in 10^-priceScale. */
  readonly first: string;
  /** A trade's size, a quote's ask. */
  readonly second: string;
  readonly priceScale: number;
  readonly exchangeAt: string;
  readonly sequence?: string;
  /** Epoch milliseconds, on the axis of exchange times. */
  readonly refusedAt: number;
}

/** `ops_gaps/{epoch}`: frames of this epoch that never come. */
export interface GapDocument {
  readonly feed: string;
  readonly epoch: string;
  /** `feedDied`: the epoch has no last frames, and its frames in flight may be missing. */
  readonly reason: 'feedDied';
  /** Epoch milliseconds. */
  readonly recordedAt: number;
}
