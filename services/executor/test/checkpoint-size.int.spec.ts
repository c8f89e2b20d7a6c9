import { type ShardCheckpoint, paths } from '@bellwether/contracts';
import { systemClock } from '@bellwether/observability';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ShardLease } from '../src/shards/shard-lease.ts';

/** A falling market in which somebody arms a trailing stop at every step. */
function fallingMarket(symbols: number, steps: number): ShardCheckpoint {
  return {
    epoch: 'tape-0000000007',
    frame: 12_345,
    isEpochOver: false,
    nextOrdinal: 9_999_999,
    exchangeAt: 1_795_252_613_123,
    extremes: Array.from({ length: symbols }, (_, symbol) => ({
      symbol: `SYMBOL${symbol}-USDT`,
      series: symbol % 2 === 0 ? 'trade' : 'ask',
      direction: symbol % 2 === 0 ? 'highest' : 'lowest',
      points: Array.from({ length: steps }, (_step, i) => ({
        epoch: i < steps / 2 ? 'tape-0000000006' : 'tape-0000000007',
        ordinal: (i * 97) % 1_000_000,
        exchangeAt: 1_795_252_000_000 + i * 61,
        price: `${64_250 - i / 8}`,
      })),
    })),
  };
}

describe('the checkpoint of a shard', () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await startTestCloud();
  });
  afterAll(async () => cloud.close());

  it.each([
    [0, 1, 0],
    [1, 3, 2],
    [2, 100, 150],
  ])(
    'comes back as it was written: shard %i, %i symbols with %i best prices each',
    async (shard, symbols, steps) => {
      const checkpoint = fallingMarket(symbols, steps);
      const lease = await ShardLease.take(cloud.firestore, shard, 'a', systemClock);
      await lease?.write(checkpoint);
      const again = await ShardLease.take(cloud.firestore, shard, 'a', systemClock);
      expect(again?.checkpoint).toEqual(checkpoint);
      const document = await cloud.firestore.doc(paths.executorShard(shard)).get();
      expect(document.get('checkpoint.nextOrdinal')).toBe(9_999_999);
    },
  );
});
