import { noIndexes } from './columns.ts';

/** Lines by their numbers in a book: a list that is filled and emptied without garbage. */
export class LineIds {
  #lines = noIndexes;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  at(index: number): number {
    return this.#lines[index] ?? 0;
  }

  push(line: number): void {
    if (this.#length === this.#lines.length) this.#grow(1);
    this.#lines[this.#length] = line;
    this.#length += 1;
  }

  /** Adds those from `from` to before `to`, the last first. */
  pushReversed(lines: Uint32Array, from: number, to: number): void {
    if (this.#length + to - from > this.#lines.length) this.#grow(to - from);
    const own = this.#lines;
    let length = this.#length;
    for (let index = to - 1; index >= from; index -= 1) own[length++] = lines[index] ?? 0;
    this.#length = length;
  }

  clear(): void {
    this.#length = 0;
  }

  #grow(need: number): void {
    const bigger = new Uint32Array(Math.max(16, this.#lines.length * 2, this.#length + need));
    bigger.set(this.#lines);
    this.#lines = bigger;
  }
}
