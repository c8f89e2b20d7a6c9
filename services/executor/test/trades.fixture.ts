import { type Frame, encodeFrame, newTraceParent, shardOf, topics } from '@bellwether/contracts';
import { systemIds } from '@bellwether/observability';
import type { TestCloud } from '@bellwether/testing';

const shards = 2;

/** Publishes frames of one epoch, each with a single trade in a symbol. */
export class Trades {
  readonly #pubsub: TestCloud['pubsub'];
  readonly #symbol: string;
  #frames = 0;

  constructor({ pubsub }: Pick<TestCloud, 'pubsub'>, symbol: string) {
    this.#pubsub = pubsub;
    this.#symbol = symbol;
  }

  /** @param price in hundredths. */
  async publish(price: number): Promise<void> {
    const shard = shardOf(this.#symbol, shards);
    this.#frames += 1;
    const frame: Frame = {
      shard,
      epoch: 'broker-0000000001',
      number: this.#frames,
      firstOrdinal: this.#frames - 1,
      receivedAt: Date.now(),
      isLast: false,
      instruments: [{ symbol: this.#symbol, venue: 'test', kind: 'trade', priceScale: 2, sizeScale: 0 }],
      length: 1,
      instrument: new Uint16Array(1),
      exchangeAt: Float64Array.of(Date.now()),
      first: Float64Array.of(price),
      second: Float64Array.of(1),
    };
    await this.#pubsub.topic(topics.ticks(shard)).publishMessage({
      data: Buffer.from(encodeFrame(frame)),
      attributes: { 'ce-traceparent': newTraceParent(systemIds.hex) },
    });
  }
}
