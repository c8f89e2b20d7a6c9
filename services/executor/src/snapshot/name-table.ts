const decoder = new TextDecoder('utf-8', { fatal: true });

/** Names by their numbers, each read when it is first asked for. */
export class NameTable {
  readonly #ends: Uint32Array;
  readonly #bytes: Uint8Array;
  #lastNumber = -1;
  #last = '';
  readonly #read = new Map<number, string>();

  /** @param ends where each ends among the bytes. */
  constructor(ends: Uint32Array, bytes: Uint8Array) {
    this.#ends = ends;
    this.#bytes = bytes;
  }

  /** @throws RangeError where there is none of this number. */
  at(number: number): string {
    // Lines mostly count from the epoch of the line before.
    if (number === this.#lastNumber) return this.#last;
    this.#last = this.#find(number);
    this.#lastNumber = number;
    return this.#last;
  }

  #find(number: number): string {
    const known = this.#read.get(number);
    if (known !== undefined) return known;
    const end = this.#ends[number];
    if (end === undefined) throw new RangeError(`no name ${number}`);
    const start = number === 0 ? 0 : (this.#ends[number - 1] ?? 0);
    const name = decoder.decode(this.#bytes.subarray(start, end));
    this.#read.set(number, name);
    return name;
  }
}
