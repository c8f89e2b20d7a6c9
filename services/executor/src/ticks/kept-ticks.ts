import type { Frame } from '@bellwether/contracts';
import { type ArmedFrom, type Place, isAtOrAfter } from '@bellwether/domain';
import { type Run, TickRing } from './tick-ring.ts';

const keptMs = 3 * 60_000;
const maxTicks = 1_000_000;

type Header = Omit<Frame, 'instrument' | 'exchangeAt' | 'first' | 'second' | 'health'>;

interface Kept {
  readonly header: Header;
  /** The latest exchange time of its ticks. */
  readonly latestAt: number;
  readonly run: Run;
}

/**
 * The recent ticks of a shard, three minutes or more up to a million: a level that reaches the book late
 * is first judged over them. They are copied into memory of their own, which is used again and again, so
 * that frames are short-lived.
 */
export class KeptTicks {
  /** Those before `#start` are kept no more. */
  #kept: Kept[] = [];
  #start = 0;
  readonly #ring = new TickRing();
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

  /** The oldest tick that is still here. */
  get oldest(): Place | undefined {
    const kept = this.#kept[this.#start];
    if (kept === undefined) return undefined;
    const { epoch, firstOrdinal: ordinal } = kept.header;
    return { epoch, ordinal, exchangeAt: this.#ring.columns(kept.run).exchangeAt[0] ?? 0 };
  }

  /** @param latestAt the latest exchange time of the frame's ticks. */
  add(frame: Frame, latestAt: number): void {
    if (frame.length === 0) return;
    this.#ticks += frame.length;
    for (let oldest = this.#kept[this.#start]; oldest !== undefined; oldest = this.#kept[this.#start]) {
      const isOld = frame.receivedAt - oldest.header.receivedAt > keptMs;
      if (this.#ticks <= maxTicks && !isOld) break;
      this.#start += 1;
      this.#ticks -= oldest.header.length;
      this.#ring.dropOldest();
      this.#noteDropped(oldest);
    }
    if (this.#start > 64 && this.#start * 4 > this.#kept.length) {
      this.#kept = this.#kept.slice(this.#start);
      this.#start = 0;
    }
    this.#kept.push({ header: headerOf(frame), latestAt, run: this.#ring.add(frame) });
  }

  /**
   * The kept frames of a symbol, oldest first, that may hold ticks from one of these places or times on;
   * good until the next one is added.
   */
  framesFrom(froms: readonly ArmedFrom[], symbol: string): Frame[] {
    const found: Frame[] = [];
    const arePlaces = froms.every((from) => !('at' in from));
    for (let index = this.#kept.length - 1; index >= this.#start; index -= 1) {
      const kept = this.#kept[index];
      if (kept === undefined) break;
      const { header, latestAt, run } = kept;
      const counts = froms.some((from) => isAtOrAfter(lastOf(header, latestAt), from));
      // Places rise with the frames; times may not.
      if (!counts && arePlaces) break;
      if (counts && header.instruments.some((instrument) => instrument.symbol === symbol))
        found.push({ ...header, ...this.#ring.columns(run) });
    }
    return found.toReversed();
  }

  #noteDropped({ header, latestAt }: Kept): void {
    const before = this.#dropped?.exchangeAt ?? -Infinity;
    this.#dropped = lastOf(header, Math.max(latestAt, before));
  }
}

function headerOf(frame: Header): Header {
  const { shard, epoch, number, firstOrdinal, receivedAt, isLast, instruments, length } = frame;
  return { shard, epoch, number, firstOrdinal, receivedAt, isLast, instruments, length };
}

function lastOf({ epoch, firstOrdinal, length }: Header, exchangeAt: number): Place {
  return { epoch, ordinal: firstOrdinal + length - 1, exchangeAt };
}
