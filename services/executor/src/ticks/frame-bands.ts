import type { Frame, FrameInstrument } from '@bellwether/contracts';
import { QuietBands, type SymbolBook } from '@bellwether/domain';

/** By instrument of a frame: the bands within which its ticks reach nothing. Its memory is used for each frame anew. */
export class FrameBands {
  readonly #bands: QuietBands;
  #first = new Uint32Array(0);
  /** Of asks. */
  #second = new Uint32Array(0);
  #factor = new Float64Array(0);
  /** Whether each tick is one price, and at the scale of its book. */
  #arePlain = true;

  constructor(bands: QuietBands) {
    this.#bands = bands;
  }

  /**
   * Finds those of a frame, anew.
   *
   * @param awake the books in which ticks of the instruments may reach something.
   * @param latestAt no tick of the frame is later.
   */
  find(
    instruments: readonly FrameInstrument[],
    awake: readonly (SymbolBook | undefined)[],
    latestAt: number,
  ): void {
    if (this.#factor.length < instruments.length) this.#grow(instruments.length);
    this.#first.fill(QuietBands.everything);
    this.#second.fill(QuietBands.everything);
    this.#factor.fill(1);
    this.#arePlain = true;
    for (const [index, { kind, priceScale }] of instruments.entries()) {
      const book = awake[index];
      if (book === undefined) continue;
      const isQuote = kind === 'quote';
      this.#first[index] = book.bandOf(isQuote ? 'bid' : kind, latestAt);
      if (isQuote) this.#second[index] = book.bandOf('ask', latestAt);
      this.#factor[index] = 10 ** (book.scale - priceScale);
      this.#arePlain &&= !isQuote && book.scale === priceScale;
    }
  }

  /** What makes the prices of an instrument those of its book. */
  factorOf(instrument: number): number {
    return this.#factor[instrument] ?? 1;
  }

  /** The first tick, from one on, that may reach or change something; how many the frame has if there is none. */
  firstOutside({ length, instrument, first, second }: Frame, from: number): number {
    const bands = this.#bands;
    if (this.#arePlain) return bands.firstOutside(first, instrument, this.#first, from);
    for (let at = from; at < length; at += 1) {
      const index = instrument[at] ?? 0;
      const factor = this.#factor[index] ?? 1;
      if (!bands.has(this.#first[index] ?? 0, (first[at] ?? 0) * factor)) return at;
      if (!bands.has(this.#second[index] ?? 0, (second[at] ?? 0) * factor)) return at;
    }
    return length;
  }

  #grow(length: number): void {
    this.#first = new Uint32Array(length);
    this.#second = new Uint32Array(length);
    this.#factor = new Float64Array(length);
  }
}
