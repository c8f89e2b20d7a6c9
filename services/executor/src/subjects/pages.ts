/** So many numbers of a page: those above them are its index. */
const bits = 12;
const pageLength = 2 ** bits;
const withinPage = pageLength - 1;

type Page = Float64Array | Uint32Array;

/** A column of numbers that grows by pages, which stay where they are: growing copies nothing. Unset, they are zero. */
export class Pages {
  readonly #newPage: () => Page;
  readonly #pages: Page[] = [];

  constructor(of: 'numbers' | 'indexes') {
    this.#newPage = of === 'numbers' ? () => new Float64Array(pageLength) : () => new Uint32Array(pageLength);
  }

  /** Memory that they take. */
  get bytes(): number {
    return this.#pages.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  at(index: number): number {
    return this.#pages[index >>> bits]?.[index & withinPage] ?? 0;
  }

  set(index: number, value: number): void {
    const page = this.#pages[index >>> bits] ?? this.#grow(index);
    page[index & withinPage] = value;
  }

  /** Sets the first ones of an empty column. Its full pages are the memory of `values` from then on. */
  load(values: Page): void {
    for (let start = 0; start < values.length; start += pageLength) {
      const part = values.subarray(start, start + pageLength);
      if (part.length === pageLength) this.#pages.push(part);
      else this.#grow(start).set(part);
    }
  }

  #grow(index: number): Page {
    while (this.#pages.length <= index >>> bits) this.#pages.push(this.#newPage());
    return this.#pages[index >>> bits] ?? this.#newPage();
  }
}
