import type { Frame } from '@bellwether/contracts';

/** The lowest and highest prices of a frame, by instrument; measured in one pass over its columns. */
export class FrameRange {
  /** Of trades, bids or mark prices. */
  low = new Float64Array(0);
  high = new Float64Array(0);
  /** Of asks; of frames without quotes they are not measured. */
  secondLow = new Float64Array(0);
  secondHigh = new Float64Array(0);
  /** The latest exchange time of the frame; before everything when it has no ticks. */
  latestAt = -Infinity;

  measure({ instruments, instrument, exchangeAt, first, second, length }: Frame): void {
    const count = instruments.length;
    if (this.low.length < count) this.#grow(count);
    const { low, high } = this;
    low.fill(Infinity, 0, count);
    high.fill(-Infinity, 0, count);
    let latestAt = -Infinity;
    for (let i = 0; i < length; i += 1) {
      const index = instrument[i] ?? 0;
      const price = first[i] ?? 0;
      const at = exchangeAt[i] ?? 0;
      if (price < (low[index] ?? 0)) low[index] = price;
      if (price > (high[index] ?? 0)) high[index] = price;
      if (at > latestAt) latestAt = at;
    }
    this.latestAt = latestAt;
    if (instruments.some(({ kind }) => kind === 'quote'))
      this.#measureSecond(instrument, second, length, count);
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
    this.secondLow = new Float64Array(length);
    this.secondHigh = new Float64Array(length);
  }
}
