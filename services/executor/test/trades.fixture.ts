import { type Frame, encodeFrame, newTraceParent, shardOf, topics } from '@bellwether/contracts';
import { systemIds } from '@bellwether/observability';
import type { TestCloud } from '@bellwether/testing';
import { shards } from './trading-cloud.fixture.ts';

/** Publishes frames of one epoch, with trades in a symbol. */
export class Trades {
  readonly #pubsub: TestCloud['pubsub'];
  readonly #symbol: string;
  #frames = 0;
  #ticks = 0;

  constructor({ pubsub }: Pick<TestCloud, 'pubsub'>, symbol: string) {
    this.#pubsub = pubsub;
    this.#symbol = symbol;
  }

  /** One frame of trades now, a millisecond apart. @param prices in hundredths. */
  async publish(...prices: readonly number[]): Promise<void> {
    await this.publishAt(Date.now(), ...prices);
  }

  /** @param exchangeAt of the first, epoch milliseconds. @param prices in hundredths. */
  async publishAt(exchangeAt: number, ...prices: readonly number[]): Promise<void> {
    const shard = shardOf(this.#symbol, shards);
    this.#frames += 1;
    const frame: Frame = {
      shard,
      epoch: 'test-0000000001',
      number: this.#frames,
      firstOrdinal: this.#ticks,
      receivedAt: Date.now(),
      isLast: false,
      instruments: [{ symbol: this.#symbol, venue: 'test', kind: 'trade', priceScale: 2, sizeScale: 0 }],
      length: prices.length,
      instrument: new Uint16Array(prices.length),
      exchangeAt: Float64Array.from(prices, (_, i) => exchangeAt + i),
      first: Float64Array.from(prices),
      second: new Float64Array(prices.length).fill(1),
    };
    this.#ticks += prices.length;
    await this.#pubsub.topic(topics.ticks(shard)).publishMessage({
      data: Buffer.from(encodeFrame(frame)),
      attributes: { 'ce-traceparent': newTraceParent(systemIds.hex) },
    });
  }
}
