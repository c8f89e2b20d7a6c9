import { greater, longerIndexes, longerNumbers, nextLength, noIndexes, noNumbers } from './columns.ts';
import type { LineIds } from './line-ids.ts';
import { OffsetHeaps } from './offset-heaps.ts';
import { partOf } from './parts-per-million.ts';
import { type Place, type SeriesPoint, comparePlaces } from './place.ts';
import { type Trailers, child, group, next, none, previous, relative } from './trailers.ts';

/**
 * Trailing stops that follow the highest price (the lowest, with negated prices), grouped by the best
 * price they have seen.
 *
 * Groups form a stack whose watermark falls towards the top: a new high melds every group below it into
 * one, a lower price changes nothing. Inside a group the smallest offset fires first: amounts and parts per
 * million have a heap each. A stop that has fired leaves its heap and stays in the group. A stop names the
 * group that took it in; groups that are melded name the one that took them in (union-find), and end when
 * nothing names them.
 *
 * Most new highs meld nothing. What they need of the top group is kept in fields, and its columns are written
 * when something else happens.
 */
export class TrailingGroups {
  readonly #trailers: Trailers;
  readonly #heaps: OffsetHeaps;
  #watermark = noNumbers;
  /** The tick that set the watermark: its ordinal, exchange time, and epoch as an index into `#epochs`. */
  #ordinal = noNumbers;
  #exchangeAt = noNumbers;
  #epoch = noIndexes;
  /** Twice a group: its heap of amounts, and that of parts per million. */
  #nearestOf = noIndexes;
  /** The group that a melded one has become part of; of a free one, the next free. */
  #meldedInto = noIndexes;
  /** How many trailers and melded groups name the group. */
  #names = noIndexes;
  #count = 0;
  #free = none;
  readonly #epochs = [''];
  #latestEpoch = '';
  #latestEpochAt = 0;
  /** Groups that are not melded, their watermark falling. */
  #stack = noIndexes;
  /** The highest stop among the groups up to each place of the stack: the last is the next to fire. */
  #highestStop = noNumbers;
  #height = 0;
  #nearest = -Infinity;
  #raisedFrom = Infinity;
  /** The tick that raised the top group, while its columns say nothing of that. */
  #raisedAt: Place | undefined;
  /** The lowest price that melds groups. */
  #meldsFrom = Infinity;
  /** The smallest offsets in the top group; infinite without any. */
  #amount = Infinity;
  #ppm = Infinity;

  constructor(trailers: Trailers) {
    this.#trailers = trailers;
    this.#heaps = new OffsetHeaps(trailers);
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
    return this.#watermark.length * (3 * 8 + 5 * 4) + this.#stack.length * 12;
  }

  /** Takes in a trailer whose best price is known; one with an infinite offset has fired already. */
  insert(trailer: number, { price: watermark, place }: SeriesPoint): void {
    this.#putDown();
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
    if (offset[trailer] !== Infinity) {
      const heap = this.#heapOf(found, trailer);
      this.#nearestOf[heap] = this.#heaps.meld(this.#nearestOf[heap] ?? none, trailer);
      this.#noteStop(at, this.#stopOf(heap, watermark));
    }
    this.#noteTop();
  }

  remove(trailer: number): void {
    this.#putDown();
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
    this.#putDown();
    const found = this.#find(trailer);
    this.#takeFromHeap(found, trailer);
    this.#trailers.offset[trailer] = Infinity;
    this.#refresh(this.#placeInStack(found));
  }

  /** The best price that a trailer follows. */
  bestOf(trailer: number): SeriesPoint {
    this.#putDown();
    const found = this.#find(trailer);
    return { place: this.#placeOf(found), price: this.#watermark[found] ?? 0 };
  }

  /** A tick at `price`: groups that have seen nothing higher become one. */
  raise(price: number, place: Place): void {
    if (price < this.#raisedFrom) return;
    if (price >= this.#meldsFrom) this.#meldUpTo(price);
    const nearest = greater(price - this.#amount, price - partOf(Math.abs(price), this.#ppm));
    this.#nearest = greater(this.#nearest, nearest);
    this.#raisedFrom = price + 1;
    this.#raisedAt = place;
  }

  /** Every stop that a fall to `price` reaches, once, in no order. It follows on. */
  takeReached(price: number, reached: LineIds): void {
    if (this.#nearest < price) return;
    this.#putDown();
    const { offset, line } = this.#trailers;
    let lowest = this.#height;
    for (let at = this.#height - 1; at >= 0 && (this.#highestStop[at] ?? -Infinity) >= price; at -= 1) {
      lowest = at;
      const found = this.#stack[at] ?? none;
      const watermark = this.#watermark[found] ?? 0;
      for (let heap = found * 2; heap <= found * 2 + 1; heap += 1) {
        while (this.#stopOf(heap, watermark) >= price) {
          const nearest = this.#nearestOf[heap] ?? none;
          this.#nearestOf[heap] = this.#heaps.take(nearest, nearest);
          offset[nearest] = Infinity;
          reached.push(line[nearest] ?? 0);
        }
      }
    }
    this.#refresh(lowest);
  }

  /** The ticks that set today's watermarks, earliest first: what a restart needs to know again. */
  points(): SeriesPoint[] {
    this.#putDown();
    return Array.from(this.#stack.subarray(0, this.#height), (found) => ({
      place: this.#placeOf(found),
      price: this.#watermark[found] ?? 0,
    }));
  }

  /** Writes the latest new high to the top group's columns. Everything but `raise` reads those. */
  #putDown(): void {
    const place = this.#raisedAt;
    if (place === undefined) return;
    this.#raisedAt = undefined;
    const at = this.#height - 1;
    const top = this.#stack[at] ?? none;
    this.#watermark[top] = this.#raisedFrom - 1;
    this.#highestStop[at] = this.#nearest;
    this.#notePlace(top, place);
  }

  #heapOf(found: number, trailer: number): number {
    return found * 2 + ((this.#trailers.state[trailer] ?? 0) & relative);
  }

  /** The smallest offset of a heap; infinite for an empty one. */
  #smallestOf(heap: number): number {
    const nearest = this.#nearestOf[heap] ?? none;
    return nearest === none ? Infinity : (this.#trailers.offset[nearest] ?? Infinity);
  }

  /** The highest stop of a heap whose trailers have seen `watermark`. */
  #stopOf(heap: number, watermark: number): number {
    const smallest = this.#smallestOf(heap);
    return watermark - ((heap & relative) === 0 ? smallest : partOf(Math.abs(watermark), smallest));
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
    if (epoch !== this.#latestEpoch) this.#noteEpoch(epoch);
    this.#epoch[found] = this.#latestEpochAt;
  }

  #noteEpoch(epoch: string): void {
    let at = this.#epochs.lastIndexOf(epoch);
    if (at < 0) at = this.#epochs.push(epoch) - 1;
    this.#latestEpoch = epoch;
    this.#latestEpochAt = at;
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
      this.#nearestOf[each * 2] = none;
      this.#nearestOf[each * 2 + 1] = none;
      if (into === none) return;
      each = into;
    }
  }

  /** The top group takes in those below it that have seen nothing higher than `price`. */
  #meldUpTo(price: number): void {
    const top = this.#stack[this.#height - 1] ?? none;
    let at = this.#height - 1;
    while (at > 0 && this.#watermarkAt(at - 1) <= price) {
      at -= 1;
      this.#takeIn(top, this.#stack[at] ?? none);
    }
    this.#stack[at] = top;
    this.#height = at + 1;
    this.#noteTop();
  }

  #takeIn(into: number, other: number): void {
    for (let kind = 0; kind < 2; kind += 1) {
      const heap = into * 2 + kind;
      const taken = other * 2 + kind;
      this.#nearestOf[heap] = this.#heaps.meld(this.#nearestOf[heap] ?? none, this.#nearestOf[taken] ?? none);
      this.#nearestOf[taken] = none;
    }
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
    this.#nearestOf[found * 2] = none;
    this.#nearestOf[found * 2 + 1] = none;
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
    const stops = this.#highestStop;
    this.#stack.copyWithin(at + 1, at, this.#height);
    stops.copyWithin(at + 1, at, this.#height);
    this.#stack[at] = found;
    stops[at] = at === 0 ? -Infinity : (stops[at - 1] ?? -Infinity);
    this.#height += 1;
  }

  #growGroups(length: number): void {
    this.#watermark = longerNumbers(this.#watermark, length);
    this.#ordinal = longerNumbers(this.#ordinal, length);
    this.#exchangeAt = longerNumbers(this.#exchangeAt, length);
    this.#epoch = longerIndexes(this.#epoch, length);
    this.#nearestOf = longerIndexes(this.#nearestOf, length * 2);
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

  /** Finds what the stack says anew, where it has changed from a place on. */
  #refresh(from: number): void {
    const stops = this.#highestStop;
    let highest = from === 0 ? -Infinity : (stops[from - 1] ?? -Infinity);
    for (let at = from; at < this.#height; at += 1) {
      const found = this.#stack[at] ?? none;
      const watermark = this.#watermark[found] ?? 0;
      for (let heap = found * 2; heap <= found * 2 + 1; heap += 1)
        highest = greater(highest, this.#stopOf(heap, watermark));
      stops[at] = highest;
    }
    this.#noteTop();
  }

  /** Notes a stop of the group at a place of the stack. */
  #noteStop(at: number, stop: number): void {
    const stops = this.#highestStop;
    for (let above = at; above < this.#height && (stops[above] ?? stop) < stop; above += 1)
      stops[above] = stop;
  }

  /** Keeps at hand what the top group says. */
  #noteTop(): void {
    if (this.#height === 0) {
      this.#nearest = -Infinity;
      this.#raisedFrom = Infinity;
      return;
    }
    const at = this.#height - 1;
    const top = this.#stack[at] ?? none;
    this.#nearest = this.#highestStop[at] ?? -Infinity;
    this.#raisedFrom = this.#watermarkAt(at) + 1;
    this.#meldsFrom = at === 0 ? Infinity : this.#watermarkAt(at - 1);
    this.#amount = this.#smallestOf(top * 2);
    this.#ppm = this.#smallestOf(top * 2 + 1);
  }

  #takeFromHeap(found: number, trailer: number): void {
    const heap = this.#heapOf(found, trailer);
    this.#nearestOf[heap] = this.#heaps.take(this.#nearestOf[heap] ?? none, trailer);
  }
}
