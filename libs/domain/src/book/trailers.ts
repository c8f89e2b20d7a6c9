import {
  longerBytes,
  longerIndexes,
  longerNumbers,
  nextLength,
  noBytes,
  noIndexes,
  noNumbers,
} from './columns.ts';

/** No trailer, no group. */
export const none = 0xffffffff;

/** What a trailer's links are, in this order. */
export const group = 0;
export const child = 1;
export const next = 2;
export const previous = 3;

/** What a trailer's state says: that its offset is in parts per million, and that no tick has moved it yet. */
export const relative = 1;
export const atStart = 2;

/**
 * The trailing stops of one side of a series as columns, so that a million of them are no objects. A
 * stop is named by its index, which another one takes over once it is released.
 *
 * At its start a stop has two prices: where it stands, and the price that moves it. In a group it has
 * none, and the same memory holds its place in the group's heap.
 */
export class Trailers {
  /** Whose stop it is; of a released one, the next to take over. */
  line = noIndexes;
  /** How far from the best price it stands; infinite once it has fired. */
  offset = noNumbers;
  /** Its kind of offset, and whether it is at its start or in a group. */
  state = noBytes;
  #shared = new ArrayBuffer(0);
  /** Twice a trailer: its stop, and the price that moves it. */
  prices = noNumbers;
  /** Four times a trailer: its group, its first child, its next and its previous in the heap. */
  links = noIndexes;
  #count = 0;
  #released = none;

  /** Memory that they take, in bytes. */
  get bytes(): number {
    return this.line.byteLength + this.offset.byteLength + this.state.byteLength + this.#shared.byteLength;
  }

  add(line: number, offset: number): number {
    let trailer = this.#released;
    if (trailer === none) {
      if (this.#count === this.line.length) this.#grow(nextLength(this.#count));
      trailer = this.#count;
      this.#count += 1;
    } else {
      this.#released = this.line[trailer] ?? none;
    }
    this.line[trailer] = line;
    this.offset[trailer] = offset;
    return trailer;
  }

  release(trailer: number): void {
    this.line[trailer] = this.#released;
    this.#released = trailer;
  }

  #grow(length: number): void {
    this.line = longerIndexes(this.line, length);
    this.offset = longerNumbers(this.offset, length);
    this.state = longerBytes(this.state, length);
    const shared = new ArrayBuffer(length * 16);
    new Uint8Array(shared).set(new Uint8Array(this.#shared));
    this.#shared = shared;
    this.prices = new Float64Array(shared);
    this.links = new Uint32Array(shared);
  }
}
