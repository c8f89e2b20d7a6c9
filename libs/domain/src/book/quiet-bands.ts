import { longerNumbers, nextLength } from './columns.ts';

/** Above, and below: no band lies in two cache lines. */
const width = 2;

/**
 * Between which prices nothing happens in a series: the bands of many series by their numbers, in one piece of memory.
 * A tick that reaches nothing touches nothing else of its series.
 */
export class QuietBands {
  /** The band of a series in which nothing is armed: every price is within it. */
  static readonly everything = 0;
  /** No price is within it. */
  static readonly nothing = width;

  /** A band's number is the place of its first one. */
  #numbers = new Float64Array(width * 2);
  #end = 0;
  readonly #free: number[] = [];

  constructor() {
    this.add();
    this.set(this.add(), Infinity, -Infinity);
  }

  /** The number of a band in which nothing happens yet. */
  add(): number {
    const band = this.#free.pop() ?? this.#end;
    if (band === this.#end) this.#end += width;
    if (band >= this.#numbers.length)
      this.#numbers = longerNumbers(this.#numbers, nextLength(band / width) * width);
    this.set(band, -Infinity, Infinity);
    return band;
  }

  /** The number may be another's from now on. */
  release(band: number): void {
    this.#free.push(band);
  }

  set(band: number, above: number, below: number): void {
    const numbers = this.#numbers;
    numbers[band] = above;
    numbers[band + 1] = below;
  }

  /** Whether a price reaches nothing and changes nothing. */
  has(band: number, price: number): boolean {
    const numbers = this.#numbers;
    return price > (numbers[band] ?? 0) && price < (numbers[band + 1] ?? 0);
  }

  /** The first tick, from one on, whose price is not within the band of its instrument; how many they are if none is. */
  firstOutside(prices: Float64Array, instrument: Uint16Array, bandOf: Uint32Array, from: number): number {
    const numbers = this.#numbers;
    // A loop with nothing else in it: V8 makes code of it that takes half the time.
    for (let at = from; at < prices.length; at += 1) {
      const price = prices[at] ?? 0;
      const band = bandOf[instrument[at] ?? 0] ?? 0;
      if (!(price > (numbers[band] ?? 0) && price < (numbers[band + 1] ?? 0))) return at;
    }
    return prices.length;
  }
}
