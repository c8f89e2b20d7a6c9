/** So many at a time; whoever comes when all places are taken waits, in the order of coming. */
export class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param places at least 1. */
  constructor(places: number) {
    this.#free = places;
  }

  async hold<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
