import { longerBytes, longerNumbers, nextLength, noBytes, noNumbers } from './columns.ts';

/** Where a line is in the book of its series. Snapshots hold these numbers: they stay what they are. */
export const whereabouts = {
  /** It waits for its time, or is silent and follows nothing; or it looks for a move. */
  nowhere: 0,
  falling: 1,
  rising: 2,
  fromHighest: 3,
  fromLowest: 4,
  times: 5,
} as const;

/**
 * The lines of a symbol by their numbers, as columns. A number is given to another line when it is released.
 */
export class LineTable {
  where = noBytes;
  /** Its level, its time, or its trailer; of a released number, the next to be given. */
  value = noNumbers;
  #count = 0;
  #released = -1;

  /** Memory that the lines take, in bytes. */
  get bytes(): number {
    return this.where.byteLength + this.value.byteLength;
  }

  /** Makes room for as many more. */
  reserve(count: number): void {
    if (this.#count + count > this.where.length) this.#grow(this.#count + count);
  }

  add(): number {
    const line = this.#released;
    if (line >= 0) {
      this.#released = this.value[line] ?? -1;
      this.where[line] = whereabouts.nowhere;
      return line;
    }
    if (this.#count === this.where.length) this.#grow(nextLength(this.#count));
    this.#count += 1;
    return this.#count - 1;
  }

  release(line: number): void {
    this.value[line] = this.#released;
    this.#released = line;
  }

  #grow(length: number): void {
    this.where = longerBytes(this.where, length);
    this.value = longerNumbers(this.value, length);
  }
}
