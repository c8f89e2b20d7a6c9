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
    }
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
