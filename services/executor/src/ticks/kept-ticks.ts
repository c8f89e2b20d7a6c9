import type { Frame } from '@bellwether/contracts';
import type { Place } from '@bellwether/domain';

const keptMs = 3 * 60_000;
const maxTicks = 1_000_000;

/**
 * The recent frames of a shard, three minutes or more up to a million ticks: a level that reaches the
 * book late is first judged over them.
 */
export class KeptTicks {
  readonly #frames: Frame[] = [];
  #ticks = 0;
  #dropped: Place | undefined;

  /** @param before the last tick that was judged before, with the latest time of all those. */
  constructor(before?: Place) {
    this.#dropped = before;
  }

  /** The last tick that was judged and is kept no more, with the latest time of all those. */
  get dropped(): Place | undefined {
    return this.#dropped;
  }

  add(frame: Frame): void {
    this.#frames.push(frame);
    this.#ticks += frame.length;
    while (this.#frames.length > 1) {
      const oldest = this.#frames[0];
      if (oldest === undefined) return;
      const isOld = frame.receivedAt - oldest.receivedAt > keptMs;
      if (this.#ticks <= maxTicks && !isOld) return;
      this.#frames.shift();
      this.#ticks -= oldest.length;
      this.#noteDropped(oldest);
    }
  }

  #noteDropped({ epoch, firstOrdinal, length, exchangeAt }: Frame): void {
    if (length === 0) return;
    const latestAt = exchangeAt.reduce((a, b) => Math.max(a, b), this.#dropped?.exchangeAt ?? -Infinity);
    this.#dropped = { epoch, ordinal: firstOrdinal + length - 1, exchangeAt: latestAt };
  }

  /** The oldest tick that is still here. */
  get oldest(): Place | undefined {
    const frame = this.#frames.find(({ length }) => length > 0);
    return frame && { epoch: frame.epoch, ordinal: frame.firstOrdinal, exchangeAt: frame.exchangeAt[0] ?? 0 };
  }

  /** Every kept frame, oldest first. */
  frames(): readonly Frame[] {
    return this.#frames;
  }
}
