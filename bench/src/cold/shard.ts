import type { Frame, ShardCheckpoint } from '@bellwether/contracts';
import { createLogger, systemClock } from '@bellwether/observability';

/** Up to when the snapshot holds all that was committed, epoch milliseconds. */
export const coveredUntil = 1_790_000_000_000;
const epoch = 'tape-0000000001';
/** Every exit is armed from the tick on that is judged first. */
export const armedFrom = { epoch, ordinal: 1 };

export const checkpoint: ShardCheckpoint = {
  epoch,
  frame: 1,
  isEpochOver: false,
  nextOrdinal: armedFrom.ordinal,
  exchangeAt: coveredUntil,
  extremes: [],
};

/** A frame with one trade, of the first of these symbols, in cents. */
export function frameOf(number: number, symbols: readonly string[], price: number): Frame {
  return {
    shard: 0,
    epoch,
    number,
    firstOrdinal: number - 1,
    receivedAt: coveredUntil,
    isLast: false,
    instruments: symbols.map((symbol) => ({
      symbol,
      venue: 'bench',
      kind: 'trade',
      priceScale: 2,
      sizeScale: 0,
    })),
    length: 1,
    instrument: Uint16Array.of(0),
    exchangeAt: Float64Array.of(coveredUntil),
    first: Float64Array.of(price),
    second: Float64Array.of(1),
  };
}

/** The shard whose snapshot is written and taken up: under the next lease, a minute later. */
export function shardIn(directory: string, lease: { readonly token: number }) {
  return {
    directory,
    shard: 0,
    shards: 1,
    lease: {
      ...lease,
      createdAt: '1790000000.000000000',
      takenAt: coveredUntil + 60_000,
      checkpoint,
    },
    clock: systemClock,
    logger: createLogger({ service: 'bench', level: 'silent' }),
  };
}
