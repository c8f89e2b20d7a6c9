import { greater, longerIndexes, longerNumbers, nextLength, noIndexes, noNumbers } from './columns.ts';
import type { LineIds } from './line-ids.ts';
import { partOf } from './parts-per-million.ts';
import { type Place, type SeriesPoint, comparePlaces } from './place.ts';
import { type Trailers, none } from './trailers.ts';

/** What a trailer's links are, in this order. */
const group = 0;
const child = 1;
const next = 2;
const previous = 3;

/**
 * Trailing stops that follow the highest price (the lowest, with negated prices), grouped by the best
 * price they have seen.
 *
 * Groups form a stack whose watermark falls towards the top: a new high melds every group below it into
 * one, a lower price changes nothing. Inside a group the smallest offset fires first (pairing heap). A
 * stop that has fired leaves the heap and stays in the group. A stop names the group that took it in;
 * groups that are melded name the one that took them in (union-find), and end when nothing names them.
 */
export class TrailingGroups {
  readonly #trailers: Trailers;
  readonly #isRelative: boolean;
  #watermark = noNumbers;
  /** The tick that set the watermark: its ordinal, exchange time, and epoch as an index into `#epochs`. */
  #ordinal = noNumbers;
  #exchangeAt = noNumbers;
  #epoch = noIndexes;
  /** The trailer that is next to fire. */
  #nearestOf = noIndexes;
  /** The group that a melded one has become part of; of a free one, the next free. */
  #meldedInto = noIndexes;
  /** How many trailers and melded groups name the group. */
  #names = noIndexes;
  #count = 0;
  #free = none;
  readonly #epochs: string[] = [];
  /** Groups that are not melded, their watermark falling. */
  #stack = noIndexes;
  /** The highest stop among the groups up to each place of the stack: the last is the next to fire. */
  #highestStop = noNumbers;
  #height = 0;
  #nearest = -Infinity;
  #raisedFrom = Infinity;
  /** Scratch for the second pass over siblings. */
  #pairs = noIndexes;

  /** @param isRelative whether offsets are parts per million of the watermark. */
  constructor(trailers: Trailers, { isRelative }: { readonly isRelative: boolean }) {
    this.#trailers = trailers;
    this.#isRelative = isRelative;
  }

  /** The price at or below which a stop fires. */
  get nearest(): number {
    return this.#nearest;
  }

  /** The lowest price that raises a watermark. */
  get raisedFrom(): number {
    return this.#raisedFrom;
  }

  /** Memory that the groups take, in bytes; their trailers apart. */
  get bytes(): number {
    return this.#watermark.length * (3 * 8 + 4 * 4) + this.#stack.length * 12;
  }

  /** Takes in a trailer whose best price is known; one with an infinite offset has fired already. */
  insert(trailer: number, { price: watermark, place }: SeriesPoint): void {
    let at = this.#height;
    while (at > 0 && this.#watermarkAt(at - 1) < watermark) at -= 1;
    if (at > 0 && this.#watermarkAt(at - 1) === watermark) {
      at -= 1;
      const same = this.#stack[at] ?? none;
      if (comparePlaces(this.#placeOf(same), place) < 0) this.#notePlace(same, place);
    } else {
      this.#pushAt(at, this.#addGroup(watermark, place));
    }
    const found = this.#stack[at] ?? none;
    const { links, offset } = this.#trailers;
    const link = trailer * 4;
    links[link + group] = found;
    links[link + child] = none;
    links[link + next] = none;
    links[link + previous] = none;
    this.#names[found] = (this.#names[found] ?? 0) + 1;
    if (offset[trailer] !== Infinity)
      this.#nearestOf[found] = this.#meld(this.#nearestOf[found] ?? none, trailer);
    this.#refresh(at);
  }

  remove(trailer: number): void {
    const found = this.#find(trailer);
    const at = this.#placeInStack(found);
    if (this.#trailers.offset[trailer] !== Infinity) this.#takeFromHeap(found, trailer);
    this.#unname(found);
    // Nothing names a group that has ended: it leaves the stack.
    if ((this.#names[found] ?? 0) === 0) {
      this.#stack.copyWithin(at, at + 1, this.#height);
      this.#height -= 1;
    }
    this.#refresh(at);
  }

  /** It has fired: it follows on, and fires no more. */
  silence(trailer: number): void {
    if (this.#trailers.offset[trailer] === Infinity) return;
    const found = this.#find(trailer);
    this.#takeFromHeap(found, trailer);
    this.#trailers.offset[trailer] = Infinity;
    this.#refresh(this.#placeInStack(found));
  }

  /** The best price that a trailer follows. */
  bestOf(trailer: number): SeriesPoint {
    const found = this.#find(trailer);
    return { place: this.#placeOf(found), price: this.#watermark[found] ?? 0 };
  }

  /** A tick at `price`: groups that have seen nothing higher become one. */
  raise(price: number, place: Place): void {
    if (price < this.#raisedFrom) return;
    let height = this.#height;
    // The top group takes the others in, so that a lone one only moves.
    const top = this.#stack[height - 1] ?? none;
    height -= 1;
    while (height > 0 && this.#watermarkAt(height - 1) <= price) {
      height -= 1;
      this.#takeIn(top, this.#stack[height] ?? none);
    }
    this.#watermark[top] = price;
    this.#notePlace(top, place);
    this.#stack[height] = top;
    this.#height = height + 1;
    this.#refresh(height);
  }

  /** Every stop that a fall to `price` reaches, once, in no order. It follows on. */
  takeReached(price: number, reached: LineIds): void {
    if (this.nearest < price) return;
    const { offset, line } = this.#trailers;
    let lowest = this.#height;
    for (let at = this.#height - 1; at >= 0 && (this.#highestStop[at] ?? -Infinity) >= price; at -= 1) {
      lowest = at;
      const found = this.#stack[at] ?? none;
      for (;;) {
        const nearest = this.#nearestOf[found] ?? none;
        if (
          nearest === none ||
          this.#stopAt(this.#watermark[found] ?? 0, offset[nearest] ?? Infinity) < price
        )
          break;
        this.#takeFromHeap(found, nearest);
        offset[nearest] = Infinity;
        reached.push(line[nearest] ?? 0);
      }
    }
    this.#refresh(lowest);
  }

  /** The ticks that set today's watermarks, earliest first: what a restart needs to know again. */
  points(): SeriesPoint[] {
    return Array.from(this.#stack.subarray(0, this.#height), (found) => ({
      place: this.#placeOf(found),
      price: this.#watermark[found] ?? 0,
    }));
  }

  /** Where the stop stands of a trailer that has seen `watermark`: for a greater offset never higher. */
  #stopAt(watermark: number, offset: number): number {
    return watermark - (this.#isRelative ? partOf(Math.abs(watermark), offset) : offset);
  }

  #watermarkAt(at: number): number {
    return this.#watermark[this.#stack[at] ?? none] ?? 0;
  }

  #placeOf(found: number): Place {
    return {
      epoch: this.#epochs[this.#epoch[found] ?? 0] ?? '',
      ordinal: this.#ordinal[found] ?? 0,
      exchangeAt: this.#exchangeAt[found] ?? 0,
    };
  }

  #notePlace(found: number, { epoch, ordinal, exchangeAt }: Place): void {
    this.#ordinal[found] = ordinal;
    this.#exchangeAt[found] = exchangeAt;
    if (this.#epochs[this.#epoch[found] ?? 0] === epoch) return;
    let index = this.#epochs.lastIndexOf(epoch);
    if (index < 0) index = this.#epochs.push(epoch) - 1;
    this.#epoch[found] = index;
  }

  /** The group that a trailer is in by now; what it names on the way there it names directly from now on. */
  #find(trailer: number): number {
    const { links } = this.#trailers;
    const named = links[trailer * 4 + group] ?? none;
    let found = named;
    while ((this.#meldedInto[found] ?? none) !== none) found = this.#meldedInto[found] ?? none;
    if (found === named) return found;
    links[trailer * 4 + group] = found;
    this.#names[found] = (this.#names[found] ?? 0) + 1;
    for (let passed = named; ;) {
      const after = this.#meldedInto[passed] ?? none;
      if (after === found) break;
      this.#meldedInto[passed] = found;
      this.#names[found] = (this.#names[found] ?? 0) + 1;
      const isNamedElsewhere = (this.#names[after] ?? 0) > 1;
      this.#unname(after);
      if (!isNamedElsewhere) break;
      passed = after;
    }
    this.#unname(named);
    return found;
  }

  /** One name less: a melded group without names ends, and names its own no more. */
  #unname(found: number): void {
    for (let each = found; ;) {
      const names = (this.#names[each] ?? 1) - 1;
      this.#names[each] = names;
      if (names > 0) return;
      const into = this.#meldedInto[each] ?? none;
      this.#meldedInto[each] = this.#free;
      this.#free = each;
      this.#nearestOf[each] = none;
      if (into === none) return;
      each = into;
    }
  }

  #takeIn(into: number, other: number): void {
    this.#nearestOf[into] = this.#meld(this.#nearestOf[into] ?? none, this.#nearestOf[other] ?? none);
    this.#nearestOf[other] = none;
    this.#meldedInto[other] = into;
    this.#names[into] = (this.#names[into] ?? 0) + 1;
  }

  #addGroup(watermark: number, place: Place): number {
    let found = this.#free;
    if (found === none) {
      if (this.#count === this.#watermark.length) this.#growGroups(nextLength(this.#count));
      found = this.#count;
      this.#count += 1;
    } else {
      this.#free = this.#meldedInto[found] ?? none;
    }
    this.#watermark[found] = watermark;
    this.#nearestOf[found] = none;
    this.#meldedInto[found] = none;
    this.#names[found] = 0;
    this.#notePlace(found, place);
    return found;
  }

  #pushAt(at: number, found: number): void {
    if (this.#height === this.#stack.length) {
      this.#stack = longerIndexes(this.#stack, nextLength(this.#height));
      this.#highestStop = longerNumbers(this.#highestStop, this.#stack.length);
    }
    this.#stack.copyWithin(at + 1, at, this.#height);
    this.#stack[at] = found;
    this.#height += 1;
  }

  #growGroups(length: number): void {
    this.#watermark = longerNumbers(this.#watermark, length);
    this.#ordinal = longerNumbers(this.#ordinal, length);
    this.#exchangeAt = longerNumbers(this.#exchangeAt, length);
    this.#epoch = longerIndexes(this.#epoch, length);
    this.#nearestOf = longerIndexes(this.#nearestOf, length);
    this.#meldedInto = longerIndexes(this.#meldedInto, length);
    this.#names = longerIndexes(this.#names, length);
  }

  #placeInStack(found: number): number {
    const watermark = this.#watermark[found] ?? 0;
    let low = 0;
    let high = this.#height;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#watermarkAt(middle) > watermark) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #refresh(from: number): void {
    const { offset } = this.#trailers;
    const stops = this.#highestStop;
    let highest = from === 0 ? -Infinity : (stops[from - 1] ?? -Infinity);
    for (let at = from; at < this.#height; at += 1) {
      const found = this.#stack[at] ?? none;
      const nearest = this.#nearestOf[found] ?? none;
      if (nearest !== none)
        highest = greater(highest, this.#stopAt(this.#watermark[found] ?? 0, offset[nearest] ?? Infinity));
      stops[at] = highest;
    }
    this.#nearest = highest;
    this.#raisedFrom = this.#height === 0 ? Infinity : this.#watermarkAt(this.#height - 1) + 1;
  }

  #takeFromHeap(found: number, trailer: number): void {
    const { links } = this.#trailers;
    const link = trailer * 4;
    const rest = this.#meldAll(links[link + child] ?? none);
    const root = this.#nearestOf[found] ?? none;
    if (root === trailer) {
      this.#nearestOf[found] = rest;
    } else {
      const before = links[link + previous] ?? none;
      const after = links[link + next] ?? none;
      const isFirst = links[before * 4 + child] === trailer;
      links[before * 4 + (isFirst ? child : next)] = after;
      if (after !== none) links[after * 4 + previous] = before;
      this.#nearestOf[found] = this.#meld(root, rest);
    }
    links[link + child] = none;
    links[link + next] = none;
    links[link + previous] = none;
  }

  /** One heap of two, whose roots have neither siblings nor a parent. */
  #meld(a: number, b: number): number {
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
      this.#pairs[count] = this.#meld(a, b);
      count += 1;
      a = rest;
    }
    let melded = none;
    for (let index = count - 1; index >= 0; index -= 1)
      melded = this.#meld(melded, this.#pairs[index] ?? none);
    return melded;
  }
}
