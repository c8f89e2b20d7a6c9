import type { Publisher } from '@bellwether/bus';
import {
  type Frame,
  encodeFrame,
  newTraceParent,
  shardName,
  traceIdOf,
  frameVersion,
} from '@bellwether/contracts';
import type { Ids } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { FeedCounts } from '../feed/feed-counts.ts';

export interface FrameSenderParts {
  /** By shard. */
  readonly publishers: readonly Publisher[];
  readonly ids: Ids;
  readonly logger: Logger;
  readonly maxOutstanding?: number;
  /** Kept by whoever shows them; nowhere unless given. */
  readonly counts?: Pick<FeedCounts, 'ticks' | 'frames' | 'outstanding'>;
}

/**
 * Publishes frames, each with a new trace, and holds the caller back while many are not acknowledged.
 * After a publish failed for good nothing more is sent: a later frame would only be a gap to wait for.
 */
export class FrameSender {
  readonly #parts: FrameSenderParts;
  readonly #maxOutstanding: number;
  #outstanding = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(parts: FrameSenderParts) {
    this.#parts = parts;
    this.#maxOutstanding = parts.maxOutstanding ?? 64;
  }

  /** Resolves when there is room for another frame. @throws what publishing this or an earlier one threw. */
  async send(frame: Frame): Promise<void> {
    this.#throwFailure();
    const { publishers, ids, logger } = this.#parts;
    const traceparent = newTraceParent((digits) => ids.hex(digits));
    const { shard, epoch, number, length } = frame;
    logger.debug({ traceId: traceIdOf(traceparent), shard, epoch, number, ticks: length }, 'frame');
    const sent = publishers[shard]?.publish(encodeFrame(frame), {
      shard: shardName(shard),
      epoch,
      number: String(number),
      codec: String(frameVersion(frame)),
      'ce-traceparent': traceparent,
    });
    this.#outstanding += 1;
    const { counts } = this.#parts;
    if (counts !== undefined) {
      counts.frames += 1;
      counts.ticks += length;
      counts.outstanding = this.#outstanding;
    }
    this.#settle(sent ?? Promise.reject(new Error(`no topic for shard ${shard}`)));
    while (this.#outstanding >= this.#maxOutstanding) await this.#change();
    this.#throwFailure();
  }

  /** Resolves when every frame is acknowledged. @throws what publishing one of them threw. */
  async drain(): Promise<void> {
    await Promise.all(this.#parts.publishers.map(async (publisher) => publisher.flush()));
    while (this.#outstanding > 0) await this.#change();
    this.#throwFailure();
  }

  #settle(sent: Promise<unknown>): void {
    const settled = (): void => {
      this.#outstanding -= 1;
      if (this.#parts.counts !== undefined) this.#parts.counts.outstanding = this.#outstanding;
      this.#wake?.();
    };
    sent.then(settled, (error: unknown) => {
      this.#failure ??= { error };
      settled();
    });
  }

  async #change(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #throwFailure(): void {
    if (this.#failure !== undefined)
      throw new Error('a frame could not be published', { cause: this.#failure.error });
  }
}
