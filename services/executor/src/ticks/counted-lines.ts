import { type Place, isAtOrAfter } from '@bellwether/domain';
import type { HeldSubjects } from '../snapshot/held-subjects.ts';
import { noEpoch } from '../snapshot/subject-columns.ts';

/** Which lines of a snapshot count already. There are few epochs: each is compared once. */
export class CountedLines {
  readonly #held: HeldSubjects;
  readonly #nameAt: (number: number) => string;
  /** The place of the next tick. */
  readonly #next: Place;
  /** By the number of an epoch's name: the first ordinal that does not count yet. */
  readonly #ends = new Map<number, number>();
  #lastEpoch = noEpoch;
  #lastEnd = 0;

  constructor(held: HeldSubjects, nameAt: (number: number) => string, next: Place) {
    this.#held = held;
    this.#nameAt = nameAt;
    this.#next = next;
  }

  /** Whether the next tick counts for a line. */
  has(line: number): boolean {
    const epoch = this.#held.epochOf(line);
    const from = this.#held.fromOf(line);
    return epoch === noEpoch ? isAtOrAfter(this.#next, { at: from }) : from < this.#endOf(epoch);
  }

  #endOf(number: number): number {
    if (number === this.#lastEpoch) return this.#lastEnd;
    let end = this.#ends.get(number);
    if (end === undefined) {
      const epoch = this.#nameAt(number);
      if (epoch === this.#next.epoch) end = this.#next.ordinal + 1;
      else end = isAtOrAfter(this.#next, { epoch, ordinal: 0 }) ? Infinity : -Infinity;
      this.#ends.set(number, end);
    }
    this.#lastEpoch = number;
    this.#lastEnd = end;
    return end;
  }
}
