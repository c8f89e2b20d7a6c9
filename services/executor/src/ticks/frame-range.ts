import type { Frame } from '@bellwether/contracts';

/** The lowest and highest prices of a frame and its last ticks, by instrument; measured in one pass over its columns. */
export class FrameRange {
  /** Of trades, bids or mark prices. */
  low = new Float64Array(0);
  high = new Float64Array(0);
  /** Where the last tick of each instrument is in the frame; -1 of those without. */
  lastIndex = new Int32Array(0);
  /** Of asks; of frames without quotes they are not measured. */
  secondLow = new Float64Array(0);
  secondHigh = new Float64Array(0);
  /** The latest exchange time of the frame; before everything when it has no ticks. */
  latestAt = -Infinity;

  measure(frame: Frame): void {
    const { instruments, instrument, second, length } = frame;
    const count = instruments.length;
    if (this.low.length < count) this.#grow(count);
    if (count === 1) this.#measureOnly(frame);
    else this.#measureAll(frame);
    if (instruments.some(({ kind }) => kind === 'quote'))
      this.#measureSecond(instrument, second, length, count);
  }

  /** Of a frame with one instrument. */
  #measureOnly({ exchangeAt, first, length }: Frame): void {
    let low = Infinity;
    let high = -Infinity;
    let latestAt = -Infinity;
    for (let i = 0; i < length; i += 1) {
      const price = first[i] ?? 0;
      const at = exchangeAt[i] ?? 0;
      if (price < low) low = price;
      if (price > high) high = price;
      if (at > latestAt) latestAt = at;
    }
    this.low[0] = low;
    this.high[0] = high;
    this.lastIndex[0] = length - 1;
    this.latestAt = latestAt;
  }

  #measureAll({ instruments: { length: count }, instrument, exchangeAt, first, length }: Frame): void {
    const { low, high, lastIndex } = this;
    low.fill(Infinity, 0, count);
    high.fill(-Infinity, 0, count);
    lastIndex.fill(-1, 0, count);
    let latestAt = -Infinity;
    for (let i = 0; i < length; i += 1) {
      const index = instrument[i] ?? 0;
      const price = first[i] ?? 0;
      const at = exchangeAt[i] ?? 0;
      if (price < (low[index] ?? 0)) low[index] = price;
      if (price > (high[index] ?? 0)) high[index] = price;
      if (at > latestAt) latestAt = at;
      lastIndex[index] = i;
    }
    this.latestAt = latestAt;
  }

  #measureSecond(instrument: Uint16Array, second: Float64Array, length: number, count: number): void {
    const { secondLow: low, secondHigh: high } = this;
    low.fill(Infinity, 0, count);
    high.fill(-Infinity, 0, count);
    for (let i = 0; i < length; i += 1) {
      const index = instrument[i] ?? 0;
      const price = second[i] ?? 0;
      if (price < (low[index] ?? 0)) low[index] = price;
      if (price > (high[index] ?? 0)) high[index] = price;
    }
  }

  #grow(count: number): void {
    const length = Math.max(64, count * 2);
    this.low = new Float64Array(length);
    this.high = new Float64Array(length);
    this.lastIndex = new Int32Array(length);
    this.secondLow = new Float64Array(length);
    this.secondHigh = new Float64Array(length);
  }
}
