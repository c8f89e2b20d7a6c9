import { longerIndexes, longerNumbers, nextLength } from './columns.ts';
import { levelOrder } from './level-order.ts';
import type { LineIds } from './line-ids.ts';

const fullBlock = 512;
const smallestBlock = 8;
/** Blocks with fewer levels are joined with a neighbour where both together leave room. */
const sparse = fullBlock / 4;
const joined = (fullBlock * 3) / 4;

/** Levels in order, a few hundred together. */
interface Block {
  prices: Float64Array;
  lines: Uint32Array;
  count: number;
}

/** Levels in no order. */
interface Loose {
  prices: Float64Array;
  lines: Uint32Array;
  count: number;
}

/**
 * Levels that fire when the price falls to them, the highest first: integer prices with the lines whose
 * they are, in sorted blocks of typed arrays. Levels above the price are kept the same way with negated
 * prices.
 */
export class LevelLadder {
  /** Ascending by price, of one price descending by line: the next to fire is the last of the last. */
  readonly #blocks: Block[] = [];
  /** The last level of each block, to find the block without touching the others. */
  readonly #lastPrices: number[] = [];
  readonly #lastLines: number[] = [];
  #size = 0;
  #nearest = -Infinity;
  /** What is gathered and not in its blocks yet. */
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
    return this.#blocks.reduce(
      (sum, { prices, lines }) => sum + prices.byteLength + lines.byteLength + 48,
      0,
    );
  }

  /** What is inserted from now on is put in order by `settle`, all at once: many levels in a fraction of the time. */
  gather(): void {
    this.#loose ??= { prices: new Float64Array(0), lines: new Uint32Array(0), count: 0 };
  }

  settle(): void {
    const loose = this.#loose;
    if (loose === undefined) return;
    this.#loose = undefined;
    const prices = loose.prices.subarray(0, loose.count);
    const lines = loose.lines.subarray(0, loose.count);
    const order = levelOrder(prices, lines);
    if (this.#blocks.length === 0) this.#fill(prices, lines, order);
    else for (const at of order) this.insert(prices[at] ?? 0, lines[at] ?? 0);
  }

  insert(price: number, line: number): void {
    if (this.#loose !== undefined) {
      pushLoose(this.#loose, price, line);
      if (price > this.#nearest) this.#nearest = price;
      return;
    }
    const found = this.#blockOf(price, line);
    // Behind everything: the last block takes it.
    const index = Math.min(found, Math.max(0, this.#blocks.length - 1));
    const block = this.#blocks[index] ?? this.#addBlock(0, smallestBlock);
    const at = placeIn(block, price, line);
    this.#size += 1;
    if (price > this.#nearest) this.#nearest = price;
    if (block.count < block.prices.length || block.prices.length < fullBlock) {
      insertAt(block, at, price, line);
      this.#noteLast(index);
    } else if (at === block.count && index === this.#blocks.length - 1) {
      // Rising prices, one after the other, leave full blocks behind.
      insertAt(this.#addBlock(index + 1, fullBlock), 0, price, line);
      this.#noteLast(index + 1);
    } else {
      this.#split(index);
      const half = this.#blocks[index];
      const isSecond = half !== undefined && at > half.count;
      const target = isSecond ? this.#blocks[index + 1] : half;
      if (target !== undefined) insertAt(target, isSecond ? at - (half?.count ?? 0) : at, price, line);
      this.#noteLast(index);
      this.#noteLast(index + 1);
    }
  }

  /** Takes a level out; nothing happens when it is not here. */
  remove(price: number, line: number): void {
    this.settle();
    const index = this.#blockOf(price, line);
    const block = this.#blocks[index];
    if (block === undefined) return;
    const at = placeIn(block, price, line);
    if (block.prices[at] !== price || block.lines[at] !== line || at >= block.count) return;
    block.prices.copyWithin(at, at + 1, block.count);
    block.lines.copyWithin(at, at + 1, block.count);
    block.count -= 1;
    this.#size -= 1;
    if (block.count === 0) this.#dropBlock(index);
    else {
      this.#noteLast(index);
      if (block.count < sparse) this.#join(index);
    }
    this.#findNearest();
  }

  /** Takes out every level at or above `price`, in the order (price falling, line rising). */
  takeReached(price: number, reached: LineIds): void {
    if (this.#nearest < price) return;
    this.settle();
    for (let index = this.#blocks.length - 1; index >= 0; index -= 1) {
      const block = this.#blocks[index];
      if (block === undefined || (this.#lastPrices[index] ?? -Infinity) < price) break;
      const { prices, lines, count } = block;
      // The first that is reached: no line's id is that great.
      const from = (prices[0] ?? Infinity) >= price ? 0 : placeIn(block, price, Infinity);
      reached.pushReversed(lines, from, count);
      this.#size -= count - from;
      block.count = from;
      if (from > 0) {
        this.#noteLast(index);
        break;
      }
      this.#dropBlock(index);
    }
    this.#findNearest();
  }

  /** Makes blocks of sorted levels, with room in each. */
  #fill(prices: Float64Array, lines: Uint32Array, order: Uint32Array): void {
    for (let start = 0; start < order.length; start += joined) {
      const places = order.subarray(start, start + joined);
      const block = this.#addBlock(this.#blocks.length, capacityFor(places.length));
      for (const [at, place] of places.entries()) {
        block.prices[at] = prices[place] ?? 0;
        block.lines[at] = lines[place] ?? 0;
      }
      block.count = places.length;
      this.#noteLast(this.#blocks.length - 1);
    }
    this.#size += order.length;
    this.#findNearest();
  }

  /** The first block whose last level is not before this one; as many as there are when all are. */
  #blockOf(price: number, line: number): number {
    const prices = this.#lastPrices;
    let low = 0;
    let high = prices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = prices[middle] ?? Infinity;
      if (last < price || (last === price && (this.#lastLines[middle] ?? 0) > line)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #addBlock(index: number, capacity: number): Block {
    const block = { prices: new Float64Array(capacity), lines: new Uint32Array(capacity), count: 0 };
    this.#blocks.splice(index, 0, block);
    this.#lastPrices.splice(index, 0, 0);
    this.#lastLines.splice(index, 0, 0);
    return block;
  }

  #dropBlock(index: number): void {
    this.#blocks.splice(index, 1);
    this.#lastPrices.splice(index, 1);
    this.#lastLines.splice(index, 1);
  }

  #split(index: number): void {
    const block = this.#blocks[index];
    if (block === undefined) return;
    const half = block.count >>> 1;
    const second = this.#addBlock(index + 1, fullBlock);
    second.prices.set(block.prices.subarray(half, block.count));
    second.lines.set(block.lines.subarray(half, block.count));
    second.count = block.count - half;
    block.count = half;
  }

  #join(index: number): void {
    const first =
      (this.#blocks[index + 1]?.count ?? Infinity) < (this.#blocks[index - 1]?.count ?? Infinity)
        ? index
        : index - 1;
    const a = this.#blocks[first];
    const b = this.#blocks[first + 1];
    if (a === undefined || b === undefined || a.count + b.count > joined) return;
    while (a.prices.length < a.count + b.count) grow(a);
    a.prices.set(b.prices.subarray(0, b.count), a.count);
    a.lines.set(b.lines.subarray(0, b.count), a.count);
    a.count += b.count;
    this.#dropBlock(first + 1);
    this.#noteLast(first);
  }

  #noteLast(index: number): void {
    const block = this.#blocks[index];
    if (block === undefined) return;
    this.#lastPrices[index] = block.prices[block.count - 1] ?? 0;
    this.#lastLines[index] = block.lines[block.count - 1] ?? 0;
  }

  #findNearest(): void {
    this.#nearest = this.#lastPrices.at(-1) ?? -Infinity;
  }
}

/** Where in the block a level is, or would be. */
function placeIn({ prices, lines, count }: Block, price: number, line: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = prices[middle] ?? 0;
    if (found < price || (found === price && (lines[middle] ?? 0) > line)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insertAt(block: Block, at: number, price: number, line: number): void {
  if (block.count === block.prices.length) grow(block);
  block.prices.copyWithin(at + 1, at, block.count);
  block.lines.copyWithin(at + 1, at, block.count);
  block.prices[at] = price;
  block.lines[at] = line;
  block.count += 1;
}

/** Blocks are of doubled sizes. */
function capacityFor(count: number): number {
  let capacity = smallestBlock;
  while (capacity < count) capacity *= 2;
  return capacity;
}

function pushLoose(loose: Loose, price: number, line: number): void {
  if (loose.count === loose.lines.length) {
    const length = nextLength(loose.count);
    loose.prices = longerNumbers(loose.prices, length);
    loose.lines = longerIndexes(loose.lines, length);
  }
  loose.prices[loose.count] = price;
  loose.lines[loose.count] = line;
  loose.count += 1;
}

function grow(block: Block): void {
  const prices = new Float64Array(block.prices.length * 2);
  const lines = new Uint32Array(block.lines.length * 2);
  prices.set(block.prices);
  lines.set(block.lines);
  block.prices = prices;
  block.lines = lines;
}
