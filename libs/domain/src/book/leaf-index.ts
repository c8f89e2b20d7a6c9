import {
  lesser,
  longerBytes,
  longerIndexes,
  longerNumbers,
  noBytes,
  noIndexes,
  noNumbers,
} from './columns.ts';

const slotsPerBranch = 64;
/** As many bounds as lie in a cache line. */
const slotsPerRun = 8;

/**
 * Which leaf of a ladder a level belongs to. Each leaf has a slot: with its bound, at or before which its levels are,
 * and how many it holds. Slots lie in order in branches of some dozens, the branches are in order, too; the last
 * leaf of a branch takes what is behind all bounds.
 *
 * Levels are in order by price, ascending, and of one price by line, descending.
 */
export class LeafIndex {
  /** By slot: the bound, as a level. */
  #prices = noNumbers;
  #lines = noIndexes;
  #leaves = noIndexes;
  #counts = noBytes;
  /** By branch: how many of its slots are taken. */
  readonly #sizes: number[] = [];
  readonly #free: number[] = [];
  /** The branches in order, each with the bound of its last leaf. */
  readonly #branches: number[] = [];
  readonly #branchPrices: number[] = [];
  readonly #branchLines: number[] = [];
  /** Where the branch of the slot that was last found is among all. */
  #place = 0;

  get bytes(): number {
    return this.#prices.length * (8 + 4 + 4 + 1) + this.#branches.length * 32;
  }

  get isEmpty(): boolean {
    return this.#branches.length === 0;
  }

  /** The slot of the leaf to which a level belongs. There is one. */
  find(price: number, line: number): number {
    const bounds = this.#branchPrices;
    let low = 0;
    let high = bounds.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const bound = bounds[middle] ?? 0;
      if (bound < price || (bound === price && (this.#branchLines[middle] ?? 0) > line)) low = middle + 1;
      else high = middle;
    }
    this.#place = low;
    const branch = this.#branches[low] ?? 0;
    return this.#slotOf(branch, price, line);
  }

  /** The slot of the last leaf. There is one. */
  findLast(): number {
    this.#place = this.#branches.length - 1;
    const branch = this.#branches[this.#place] ?? 0;
    return branch * slotsPerBranch + (this.#sizes[branch] ?? 1) - 1;
  }

  leafAt(slot: number): number {
    return this.#leaves[slot] ?? 0;
  }

  countAt(slot: number): number {
    return this.#counts[slot] ?? 0;
  }

  setCount(slot: number, count: number): void {
    this.#counts[slot] = count;
  }

  /** Whether the leaf has one before it in its branch. */
  hasBefore(slot: number): boolean {
    return slot % slotsPerBranch > 0;
  }

  /** Whether the leaf has one after it in its branch. */
  hasAfter(slot: number): boolean {
    const branch = Math.floor(slot / slotsPerBranch);
    return slot + 1 < branch * slotsPerBranch + (this.#sizes[branch] ?? 0);
  }

  /** Whether the leaf that was last found is the last of all. */
  isLast(slot: number): boolean {
    return this.#place === this.#branches.length - 1 && !this.hasAfter(slot);
  }

  setBound(slot: number, price: number, line: number): void {
    this.#prices[slot] = price;
    this.#lines[slot] = line;
  }

  /** Puts the first leaf in. */
  addFirst(leaf: number): void {
    const branch = this.#newBranch(0);
    this.#leaves[branch * slotsPerBranch] = leaf;
    this.#counts[branch * slotsPerBranch] = 0;
    this.#sizes[branch] = 1;
  }

  /** Whether the branch of the slot has room for another leaf. */
  hasRoom(slot: number): boolean {
    return (this.#sizes[Math.floor(slot / slotsPerBranch)] ?? 0) < slotsPerBranch;
  }

  /** Puts a leaf in after that of a slot, whose bound it takes over: another one is to be set there. */
  addAfter(slot: number, leaf: number): void {
    const branch = Math.floor(slot / slotsPerBranch);
    const end = branch * slotsPerBranch + (this.#sizes[branch] ?? 0);
    this.#move(slot + 1, slot, end);
    this.#sizes[branch] = (this.#sizes[branch] ?? 0) + 1;
    this.#leaves[slot + 1] = leaf;
    this.#counts[slot + 1] = 0;
  }

  /** Divides the branch of the slot that was last found: slots are found anew. */
  divide(slot: number): void {
    const branch = Math.floor(slot / slotsPerBranch);
    const size = this.#sizes[branch] ?? 0;
    const half = size >>> 1;
    const place = this.#place;
    const second = this.#newBranch(place + 1);
    const first = branch * slotsPerBranch;
    this.#move(second * slotsPerBranch, first + half, first + size);
    this.#sizes[branch] = half;
    this.#sizes[second] = size - half;
    this.#branchPrices[place + 1] = this.#branchPrices[place] ?? 0;
    this.#branchLines[place + 1] = this.#branchLines[place] ?? 0;
    this.#branchPrices[place] = this.#prices[first + half - 1] ?? 0;
    this.#branchLines[place] = this.#lines[first + half - 1] ?? 0;
  }

  /** Takes a leaf out, of the branch of the slot that was last found. */
  remove(slot: number): void {
    const branch = Math.floor(slot / slotsPerBranch);
    const size = this.#sizes[branch] ?? 0;
    this.#move(slot, slot + 1, branch * slotsPerBranch + size);
    this.#sizes[branch] = size - 1;
    if (size > 1) return;
    this.#free.push(branch);
    for (const column of [this.#branches, this.#branchPrices, this.#branchLines])
      column.splice(this.#place, 1);
  }

  /** The slot in a branch. Halving would be fewer steps, but each would wait for the one before. */
  #slotOf(branch: number, price: number, line: number): number {
    const prices = this.#prices;
    const first = branch * slotsPerBranch;
    const last = first + (this.#sizes[branch] ?? 1) - 1;
    let run = first;
    for (let end = first + slotsPerRun; end <= last; end += slotsPerRun)
      run += slotsPerRun * Number((prices[end - 1] ?? 0) < price);
    let slot = run;
    const runEnd = lesser(run + slotsPerRun, last);
    for (let at = run; at < runEnd; at += 1) slot += Number((prices[at] ?? 0) < price);
    while (slot < last && prices[slot] === price && (this.#lines[slot] ?? 0) > line) slot += 1;
    return slot;
  }

  #newBranch(place: number): number {
    const branch = this.#free.pop() ?? this.#sizes.push(0) - 1;
    if ((branch + 1) * slotsPerBranch > this.#counts.length) this.#grow();
    this.#branches.splice(place, 0, branch);
    this.#branchPrices.splice(place, 0, 0);
    this.#branchLines.splice(place, 0, 0);
    return branch;
  }

  #grow(): void {
    const length = Math.max(slotsPerBranch, this.#counts.length * 2);
    this.#prices = longerNumbers(this.#prices, length);
    this.#lines = longerIndexes(this.#lines, length);
    this.#leaves = longerIndexes(this.#leaves, length);
    this.#counts = longerBytes(this.#counts, length);
  }

  #move(to: number, from: number, end: number): void {
    this.#prices.copyWithin(to, from, end);
    this.#lines.copyWithin(to, from, end);
    this.#leaves.copyWithin(to, from, end);
    this.#counts.copyWithin(to, from, end);
  }
}
