import { longerIndexes, longerNumbers, noIndexes, noNumbers } from './columns.ts';
import { LeafIndex } from './leaf-index.ts';
import { type Leaf, LevelLeaves, leafLevels } from './level-leaves.ts';
import { copyLevels, divideLevels, noLeaf, sortLevels } from './leaf-levels.ts';
import { levelOrder } from './level-order.ts';
import type { LineIds } from './line-ids.ts';

/** Leaves with fewer levels are joined with a neighbour where both together leave room. */
const sparse = leafLevels / 4;
const joined = (leafLevels * 3) / 4;
/** How many levels a leaf is given where many are put in order at once. */
const filled = (leafLevels * 7) / 8;

/** Levels in no order. */
interface Loose {
  prices: Float64Array;
  lines: Uint32Array;
  count: number;
  readonly expected: number;
}

/**
 * Levels that fire when the price falls to them, the highest first: integer prices with the lines whose
 * they are. Levels above the price are kept the same way with negated prices.
 *
 * They lie in leaves, which are in order, ascending by price and of one price descending by line: the next to fire
 * is in the last. Within a leaf they are in any order until some of it fire or it is divided, so a level is added at
 * its end.
 */
export class LevelLadder {
  readonly #leaves = new LevelLeaves();
  readonly #index = new LeafIndex();
  readonly #leaf = noLeaf();
  readonly #other = noLeaf();
  #size = 0;
  #nearest = -Infinity;
  /** What is gathered and not in its leaves yet. */
  #loose: Loose | undefined;

  get size(): number {
    return this.#size + (this.#loose?.count ?? 0);
  }

  /** The highest price of a level; below everything when there is none. */
  get nearest(): number {
    return this.#nearest;
  }

  /** Memory that the levels take, in bytes. */
  get bytes(): number {
    return this.#leaves.bytes + this.#index.bytes;
  }

  /**
   * What is inserted from now on is put in order by `settle`, all at once: many levels in a fraction of the time.
   *
   * @param expected how many come, at most; more may.
   */
  gather(expected: number): void {
    this.#loose ??= { prices: noNumbers, lines: noIndexes, count: 0, expected };
  }

  settle(): void {
    const loose = this.#loose;
    if (loose === undefined) return;
    this.#loose = undefined;
    if (loose.count === 0) return;
    const prices = loose.prices.subarray(0, loose.count);
    const lines = loose.lines.subarray(0, loose.count);
    const order = levelOrder(prices, lines);
    if (this.#index.isEmpty) this.#fill(prices, lines, order);
    else for (const at of order) this.insert(prices[at] ?? 0, lines[at] ?? 0);
  }

  insert(price: number, line: number): void {
    if (price > this.#nearest) this.#nearest = price;
    if (this.#loose !== undefined) {
      pushLoose(this.#loose, price, line);
      return;
    }
    const index = this.#index;
    if (index.isEmpty) index.addFirst(this.#leaves.add());
    let slot = index.find(price, line);
    while (index.countAt(slot) === leafLevels) {
      this.#makeRoom(slot, price, line);
      slot = index.find(price, line);
    }
    const count = index.countAt(slot);
    const leaf = this.#leafAt(slot, this.#leaf);
    leaf.prices[leaf.price + count] = price;
    leaf.lines[leaf.line + count] = line;
    index.setCount(slot, count + 1);
    this.#size += 1;
  }

  /** Takes a level out; nothing happens when it is not here. */
  remove(price: number, line: number): void {
    this.settle();
    const index = this.#index;
    if (index.isEmpty) return;
    const slot = index.find(price, line);
    const last = index.countAt(slot) - 1;
    const leaf = this.#leafAt(slot, this.#leaf);
    const { prices, lines } = leaf;
    let at = last;
    while (at >= 0 && lines[leaf.line + at] !== line) at -= 1;
    if (at < 0 || prices[leaf.price + at] !== price) return;
    prices[leaf.price + at] = prices[leaf.price + last] ?? 0;
    lines[leaf.line + at] = lines[leaf.line + last] ?? 0;
    index.setCount(slot, last);
    this.#size -= 1;
    if (last === 0) this.#drop(slot);
    else if (last < sparse) this.#join(slot);
    if (price === this.#nearest) this.#findNearest();
  }

  /** Takes out every level at or above `price`, in the order (price falling, line rising). */
  takeReached(price: number, reached: LineIds): void {
    if (this.#nearest < price) return;
    this.settle();
    const index = this.#index;
    while (!index.isEmpty) {
      const slot = index.findLast();
      const count = index.countAt(slot);
      const leaf = this.#leafAt(slot, this.#leaf);
      const left = divideLevels(leaf, count, price);
      sortLevels(leaf, left, count);
      reached.pushReversed(leaf.lines, leaf.line + left, leaf.line + count);
      index.setCount(slot, left);
      this.#size -= count - left;
      if (left > 0) break;
      this.#drop(slot);
    }
    this.#findNearest();
  }

  #leafAt(slot: number, found: Leaf): Leaf {
    this.#leaves.find(this.#index.leafAt(slot), found);
    return found;
  }

  /** Makes leaves of sorted levels, with room in each. */
  #fill(prices: Float64Array, lines: Uint32Array, order: Uint32Array): void {
    this.#leaves.reserve(Math.ceil(order.length / filled));
    for (let start = 0; start < order.length; start += filled) {
      const count = Math.min(filled, order.length - start);
      const slot = this.#addLast();
      const leaf = this.#leafAt(slot, this.#leaf);
      for (let at = 0; at < count; at += 1) {
        const place = order[start + at] ?? 0;
        leaf.prices[leaf.price + at] = prices[place] ?? 0;
        leaf.lines[leaf.line + at] = lines[place] ?? 0;
      }
      this.#index.setCount(slot, count);
      this.#bound(slot, leaf, count - 1);
    }
    this.#size += order.length;
    this.#findNearest();
  }

  /** Adds a leaf behind all. @returns its slot. */
  #addLast(): number {
    const index = this.#index;
    if (index.isEmpty) index.addFirst(this.#leaves.add());
    else {
      if (!index.hasRoom(index.findLast())) index.divide(index.findLast());
      index.addAfter(index.findLast(), this.#leaves.add());
    }
    return index.findLast();
  }

  /** A level that belongs to a full leaf finds room the next time it is looked for, or the time after. */
  #makeRoom(slot: number, price: number, line: number): void {
    const index = this.#index;
    const leaf = this.#leafAt(slot, this.#leaf);
    sortLevels(leaf, 0, leafLevels);
    // Rising prices, one after the other, leave full leaves behind.
    const isBehind = index.isLast(slot) && isAfter(leaf, leafLevels - 1, price, line);
    const after = index.hasAfter(slot) ? index.countAt(slot + 1) : leafLevels;
    const before = !isBehind && index.hasBefore(slot) ? index.countAt(slot - 1) : leafLevels;
    if (after <= joined) this.#give(slot, (leafLevels - after) >>> 1);
    else if (before <= joined) this.#giveBack(slot, (leafLevels - before) >>> 1);
    else if (!index.hasRoom(slot)) index.divide(slot);
    else {
      index.addAfter(slot, this.#leaves.add());
      this.#give(slot, isBehind ? 0 : leafLevels / 2);
    }
  }

  /** Moves the last levels of a full, sorted leaf to the next one. */
  #give(slot: number, count: number): void {
    const index = this.#index;
    const leaf = this.#leafAt(slot, this.#leaf);
    const next = index.countAt(slot + 1);
    const left = leafLevels - count;
    copyLevels(leaf, left, this.#leafAt(slot + 1, this.#other), next, count);
    index.setCount(slot, left);
    index.setCount(slot + 1, next + count);
    this.#bound(slot, leaf, left - 1);
  }

  /** Moves the first levels of a full, sorted leaf to the one before. */
  #giveBack(slot: number, count: number): void {
    const index = this.#index;
    const leaf = this.#leafAt(slot, this.#leaf);
    const before = index.countAt(slot - 1);
    copyLevels(leaf, 0, this.#leafAt(slot - 1, this.#other), before, count);
    this.#bound(slot - 1, leaf, count - 1);
    copyLevels(leaf, count, leaf, 0, leafLevels - count);
    index.setCount(slot, leafLevels - count);
    index.setCount(slot - 1, before + count);
  }

  /** Puts the levels of a leaf into the next one, or those of the one before into it, where there is room. */
  #join(slot: number): void {
    const index = this.#index;
    const after = index.hasAfter(slot) ? index.countAt(slot + 1) : leafLevels;
    const before = index.hasBefore(slot) ? index.countAt(slot - 1) : leafLevels;
    if (index.countAt(slot) + Math.min(after, before) > joined) return;
    const first = after < before ? slot : slot - 1;
    const moved = index.countAt(first);
    const held = index.countAt(first + 1);
    copyLevels(this.#leafAt(first, this.#leaf), 0, this.#leafAt(first + 1, this.#other), held, moved);
    index.setCount(first + 1, held + moved);
    this.#drop(first);
  }

  #drop(slot: number): void {
    this.#leaves.release(this.#index.leafAt(slot));
    this.#index.remove(slot);
  }

  /** Nothing of the slot's leaf is behind the level at `at` of this one. */
  #bound(slot: number, leaf: Leaf, at: number): void {
    this.#index.setBound(slot, leaf.prices[leaf.price + at] ?? 0, leaf.lines[leaf.line + at] ?? 0);
  }

  #findNearest(): void {
    this.#nearest = -Infinity;
    if (this.#index.isEmpty) return;
    const slot = this.#index.findLast();
    const { prices, price } = this.#leafAt(slot, this.#leaf);
    for (let at = price, end = price + this.#index.countAt(slot); at < end; at += 1)
      if ((prices[at] ?? 0) > this.#nearest) this.#nearest = prices[at] ?? 0;
  }
}

function isAfter(leaf: Leaf, at: number, price: number, line: number): boolean {
  const found = leaf.prices[leaf.price + at] ?? 0;
  return price > found || (price === found && line < (leaf.lines[leaf.line + at] ?? 0));
}

function pushLoose(loose: Loose, price: number, line: number): void {
  if (loose.count === loose.lines.length) {
    // It is dropped soon: that some of it stays empty is less than to copy it often.
    const length = Math.max(64, loose.expected, loose.count * 2);
    loose.prices = longerNumbers(loose.prices, length);
    loose.lines = longerIndexes(loose.lines, length);
  }
  loose.prices[loose.count] = price;
  loose.lines[loose.count] = line;
  loose.count += 1;
}
