const kept = 5;

/** The last accepted prices of an instrument. One that should not have been accepted does not move their median. */
export class LastTrades {
  /** In order of time; the oldest is overwritten. */
  readonly #prices = new Float64Array(kept);
  readonly #sorted = new Float64Array(kept);
  #length = 0;
  #next = 0;

  /** Of an even number the higher of the middle two; undefined before the first price. */
  get median(): number | undefined {
    return this.#length === 0 ? undefined : this.#sorted[this.#length >> 1];
  }

  add(price: number): void {
    if (this.#length === kept) this.#takeOut(this.#prices[this.#next] ?? 0);
    this.#putIn(price);
    this.#prices[this.#next] = price;
    this.#next = (this.#next + 1) % kept;
  }

  /** Begins anew: what follows is not to be compared with what was. */
  clear(): void {
    this.#length = 0;
    this.#next = 0;
  }

  #takeOut(price: number): void {
    this.#sorted.copyWithin(this.#sorted.indexOf(price), this.#sorted.indexOf(price) + 1, this.#length);
    this.#length -= 1;
  }

  #putIn(price: number): void {
    let i = this.#length;
    for (; i > 0 && (this.#sorted[i - 1] ?? 0) > price; i -= 1) this.#sorted[i] = this.#sorted[i - 1] ?? 0;
    this.#sorted[i] = price;
    this.#length += 1;
  }
}
