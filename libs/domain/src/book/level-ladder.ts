/** An armed level: an integer price and whose it is. */
export interface Level<Owner> {
  readonly price: number;
  /** Breaks ties of price, so that the order of firing never depends on the order of arming. */
  readonly key: string;
  readonly owner: Owner;
}

/**
 * Levels that fire when the price falls to them, the highest first. Levels above the price are kept the
 * same way with negated prices.
 */
export class LevelLadder<Owner> {
  /** Ascending by price, then descending by key: the next to fire is the last. */
  readonly #levels: Level<Owner>[] = [];

  get size(): number {
    return this.#levels.length;
  }

  /** The highest armed price; below everything when there is none. */
  get nearest(): number {
    return this.#levels.at(-1)?.price ?? -Infinity;
  }

  insert(level: Level<Owner>): void {
    this.#levels.splice(this.#indexOf(level), 0, level);
  }

  remove(level: Level<Owner>): void {
    const index = this.#indexOf(level);
    if (this.#levels[index]?.key === level.key && this.#levels[index]?.price === level.price)
      this.#levels.splice(index, 1);
  }

  /** Takes out every level at or above `price`, in the order (price falling, key rising). */
  takeReached(price: number): Level<Owner>[] {
    const reached: Level<Owner>[] = [];
    for (;;) {
      const last = this.#levels.at(-1);
      if (last === undefined || last.price < price) return reached;
      reached.push(last);
      this.#levels.pop();
    }
  }

  #indexOf(level: Level<Owner>): number {
    let low = 0;
    let high = this.#levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = this.#levels[middle];
      if (found === undefined) break;
      const isBefore = found.price === level.price ? found.key > level.key : found.price < level.price;
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
