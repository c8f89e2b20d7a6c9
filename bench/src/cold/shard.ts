import { createLogger, systemClock } from '@bellwether/observability';

/** Up to when the snapshot holds all that was committed, epoch milliseconds. */
export const coveredUntil = 1_790_000_000_000;

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
      checkpoint: undefined,
    },
    clock: systemClock,
    logger: createLogger({ service: 'bench', level: 'silent' }),
  };
}
