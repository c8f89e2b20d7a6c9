import {
  longerBytes,
  longerIndexes,
  longerNumbers,
  nextLength,
  noBytes,
  noIndexes,
  noNumbers,
} from './columns.ts';

/** After the last line of an owner. */
const none = 0xffffffff;

/** Whose the lines of a symbol's book are, and in which state, as columns: by their numbers in its table. */
export class OwnedLines {
  /** The exchange time from which ticks count for it; before everything where it counts from a place. */
  from = noNumbers;
  /** Bits whose meaning is the book's; zero where a number is free. */
  state = noBytes;
  /** Twice a line: its owner, and the next line of that owner. */
  #links = noIndexes;
  /** All numbers are below it. */
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Makes room for as many more. */
  reserve(count: number): void {
    if (this.#length + count > this.from.length) this.#grow(this.#length + count);
  }

  add(line: number, owner: number, from: number, state: number): void {
    if (line >= this.from.length) this.#grow(nextLength(line));
    if (line >= this.#length) this.#length = line + 1;
    this.from[line] = from;
    this.state[line] = state;
    this.#links[line * 2] = owner;
    this.#links[line * 2 + 1] = none;
  }

  ownerOf(line: number): number {
    return this.#links[line * 2] ?? 0;
  }

  /** Has a line of the same owner follow; `undefined` where it is the last. */
  link(line: number, next: number | undefined): void {
    this.#links[line * 2 + 1] = next ?? none;
  }

  /** A line and those that follow it. */
  linked(first: number): number[] {
    const lines: number[] = [];
    for (let line = first; line !== none; line = this.#links[line * 2 + 1] ?? none) lines.push(line);
    return lines;
  }

  #grow(length: number): void {
    this.from = longerNumbers(this.from, length);
    this.state = longerBytes(this.state, length);
    this.#links = longerIndexes(this.#links, length * 2);
  }
}
