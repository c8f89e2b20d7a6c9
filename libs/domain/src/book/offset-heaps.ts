import { longerIndexes, nextLength, noIndexes } from './columns.ts';
import { type Trailers, child, next, none, previous } from './trailers.ts';

/** Pairing heaps of trailers by their offset, the smallest first. A heap is its first trailer, or `none`. */
export class OffsetHeaps {
  readonly #trailers: Trailers;
  /** Scratch for the second pass over siblings. */
  #pairs = noIndexes;

  constructor(trailers: Trailers) {
    this.#trailers = trailers;
  }

  /** One heap of two, whose roots have neither siblings nor a parent. */
  meld(a: number, b: number): number {
    if (a === none) return b;
    if (b === none) return a;
    const { links, offset } = this.#trailers;
    const isFirst = (offset[a] ?? 0) <= (offset[b] ?? 0);
    const winner = isFirst ? a : b;
    const loser = isFirst ? b : a;
    const first = links[winner * 4 + child] ?? none;
    links[loser * 4 + next] = first;
    links[loser * 4 + previous] = winner;
    if (first !== none) links[first * 4 + previous] = loser;
    links[winner * 4 + child] = loser;
    return winner;
  }

  /** The pairing heap's two passes: siblings in pairs, then the pairs from the last to the first. */
  #meldAll(first: number): number {
    const { links } = this.#trailers;
    let count = 0;
    for (let a = first; a !== none;) {
      const b = links[a * 4 + next] ?? none;
      const rest = b === none ? none : (links[b * 4 + next] ?? none);
      links[a * 4 + next] = none;
      links[a * 4 + previous] = none;
      if (b !== none) {
        links[b * 4 + next] = none;
        links[b * 4 + previous] = none;
      }
      if (count === this.#pairs.length) this.#pairs = longerIndexes(this.#pairs, nextLength(count));
      this.#pairs[count] = this.meld(a, b);
      count += 1;
      a = rest;
    }
    let melded = none;
    for (let index = count - 1; index >= 0; index -= 1)
      melded = this.meld(melded, this.#pairs[index] ?? none);
    return melded;
  }

  /** @returns the heap without a trailer of it. */
  take(heap: number, trailer: number): number {
    const { links } = this.#trailers;
    const link = trailer * 4;
    const before = links[link + previous] ?? none;
    const after = links[link + next] ?? none;
    const rest = this.#meldAll(links[link + child] ?? none);
    links[link + child] = none;
    links[link + next] = none;
    links[link + previous] = none;
    if (heap === trailer) return rest;
    const isFirst = links[before * 4 + child] === trailer;
    links[before * 4 + (isFirst ? child : next)] = after;
    if (after !== none) links[after * 4 + previous] = before;
    return this.meld(heap, rest);
  }
}
