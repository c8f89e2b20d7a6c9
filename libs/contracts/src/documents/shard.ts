import type { TickReference } from '@bellwether/domain';

/** `ops_shards/{shard}`: who executes the shard, and how far it has come. */
export interface ShardDocument {
  readonly owner: string;
  /** Rises with every change of owner. */
  readonly token: number;
  readonly leaseUntil: number;
  /** Absent before the first frame. */
  readonly checkpoint?: StoredShardCheckpoint;
}

/** The best prices as bytes of `encodeExtremes`; in documents of older versions as they are. */
export type StoredShardCheckpoint = Omit<ShardCheckpoint, 'extremes'> & {
  readonly extremes: Uint8Array | ShardCheckpoint['extremes'];
};

export interface ShardCheckpoint {
  readonly epoch: string;
  /** Every frame up to this number is evaluated and its commits are durable. */
  readonly frame: number;
  readonly isEpochOver: boolean;
  /** The ordinal after the last evaluated tick. */
  readonly nextOrdinal: number;
  /** The latest exchange time that was evaluated, epoch milliseconds. */
  readonly exchangeAt: number;
  /** The symbols that are paused; absent in documents of older versions. */
  readonly paused?: readonly string[];
  /** Extremes that live trailing stops, and windows of moves, still need. */
  readonly extremes: readonly SeriesExtremes[];
}

/** The best prices of one series, oldest first: of all time, or of the last `windowMs`. */
export interface SeriesExtremes {
  readonly symbol: string;
  readonly series: TickReference['series'];
  readonly direction: 'highest' | 'lowest';
  /** Absent for those that trailing stops follow. */
  readonly windowMs?: number;
  readonly points: readonly Extreme[];
}

/** One point of a series of best prices: where the best price since it was seen, and what it is. */
export interface Extreme {
  readonly epoch: string;
  readonly ordinal: number;
  readonly exchangeAt: number;
  /** Decimal text. */
  readonly price: string;
}
