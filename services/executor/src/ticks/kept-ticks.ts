import type { Frame } from '@bellwether/contracts';
import { type ArmedFrom, type Place, isAtOrAfter } from '@bellwether/domain';

const keptMs = 3 * 60_000;
const maxTicks = 1_000_000;

/**
 * The recent frames of a shard, three minutes or more up to a million ticks: a level that reaches the
 * book late is first judged over them.
 */
export class KeptTicks {
  /** Each with the latest exchange time of its ticks; those before `#start` are kept no more. */
  #frames: { readonly frame: Frame; readonly latestAt: number }[] = [];
  #start = 0;
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

  /** @param latestAt the latest exchange time of the frame's ticks. */
  add(frame: Frame, latestAt: number): void {
    this.#frames.push({ frame, latestAt });
    this.#ticks += frame.length;
    while (this.#start < this.#frames.length - 1) {
      const oldest = this.#frames[this.#start];
      if (oldest === undefined) return;
      const isOld = frame.receivedAt - oldest.frame.receivedAt > keptMs;
      if (this.#ticks <= maxTicks && !isOld) return;
      this.#start += 1;
      this.#ticks -= oldest.frame.length;
      this.#noteDropped(oldest.frame, oldest.latestAt);
    }
    if (this.#start > 64 && this.#start * 4 > this.#frames.length) {
      this.#frames = this.#frames.slice(this.#start);
      this.#start = 0;
    }
  }

  #noteDropped({ epoch, firstOrdinal, length }: Frame, latestAt: number): void {
    if (length === 0) return;
    const exchangeAt = Math.max(latestAt, this.#dropped?.exchangeAt ?? -Infinity);
    this.#dropped = { epoch, ordinal: firstOrdinal + length - 1, exchangeAt };
  }

  /** The oldest tick that is still here. */
  get oldest(): Place | undefined {
    for (let index = this.#start; index < this.#frames.length; index += 1) {
      const frame = this.#frames[index]?.frame;
      if (frame !== undefined && frame.length > 0)
        return { epoch: frame.epoch, ordinal: frame.firstOrdinal, exchangeAt: frame.exchangeAt[0] ?? 0 };
    }
    return undefined;
  }

  /** The kept frames of a symbol, oldest first, that may hold ticks from one of these places or times on. */
  framesFrom(froms: readonly ArmedFrom[], symbol: string): Frame[] {
    const found: Frame[] = [];
    const arePlaces = froms.every((from) => !('at' in from));
    for (let index = this.#frames.length - 1; index >= this.#start; index -= 1) {
      const kept = this.#frames[index];
      if (kept === undefined || kept.frame.length === 0) continue;
      const { frame, latestAt: exchangeAt } = kept;
      const last = { epoch: frame.epoch, ordinal: frame.firstOrdinal + frame.length - 1, exchangeAt };
      const counts = froms.some((from) => isAtOrAfter(last, from));
      // Places rise with the frames; times may not.
      if (!counts && arePlaces) break;
      if (counts && frame.instruments.some((instrument) => instrument.symbol === symbol)) found.push(frame);
    }
    return found.toReversed();
  }
}
