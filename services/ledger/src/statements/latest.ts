/** The latest of what was put in: it holds little more than those. */
export class Latest<Row> {
  readonly #limit: number;
  readonly #newestFirst: (a: Row, b: Row) => number;
  #found: Row[];

  constructor(limit: number, newestFirst: (a: Row, b: Row) => number, found: readonly Row[] = []) {
    this.#limit = limit;
    this.#newestFirst = newestFirst;
    this.#found = [...found];
  }

  put(row: Row): void {
    this.#found.push(row);
    if (this.#found.length > 4 * this.#limit + 1_000) this.#found = this.rows();
  }

  rows(): Row[] {
    return this.#found.toSorted(this.#newestFirst).slice(0, this.#limit);
  }
}
