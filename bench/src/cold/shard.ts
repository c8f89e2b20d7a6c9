import { createLogger, systemClock } from '@bellwether/observability';

/** Up to when the snapshot holds all that was committed, epoch milliseconds. */
export const coveredUntil = 1_790_000_000_000;

/** Every exit is armed from the first tick on, which is judged. */
export const checkpoint = {
  epoch: 'tape-0000000001',
  frame: 1,
  isEpochOver: false,
  nextOrdinal: 1,
  exchangeAt: coveredUntil,
  extremes: [],
};

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
