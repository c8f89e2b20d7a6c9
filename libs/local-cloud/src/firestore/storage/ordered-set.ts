const MAX_CHUNK = 512;

/** Where a search starts: true for every item that lies before the wanted ones, in the set's order. */
export type IsBefore<T> = (item: T) => boolean;

/** Items in the order of `compare`, in chunks: insertion and removal in O(log n + chunk), ordered iteration. */
export class OrderedSet<T extends object> {
  readonly #compare: (a: T, b: T) => number;
  #chunks: T[][] = [];
  #size = 0;

  constructor(compare: (a: T, b: T) => number, items: Iterable<T> = []) {
    this.#compare = compare;
    const sorted = [...items].toSorted(compare);
    this.#size = sorted.length;
    for (let i = 0; i < sorted.length; i += MAX_CHUNK / 2)
      this.#chunks.push(sorted.slice(i, i + MAX_CHUNK / 2));
  }

  get size(): number {
    return this.#size;
  }

  /** Adds the item, in place of the one that compares equal. */
  put(item: T): void {
    const greatest = this.#chunks.at(-1)?.at(-1);
    if (greatest === undefined || this.#compare(greatest, item) < 0) {
      this.#size += 1;
      this.#insert(this.#chunks.length, 0, item);
      return;
    }
    const [at, index] = this.#find((other) => this.#compare(other, item) < 0);
    const chunk = this.#chunks[at];
    const found = chunk?.[index];
    if (chunk !== undefined && found !== undefined && this.#compare(found, item) === 0) {
      chunk[index] = item;
      return;
    }
    this.#size += 1;
    this.#insert(at, index, item);
  }

  /** Removes the item that compares equal, if there is one. */
  remove(item: T): void {
    const [at, index] = this.#find((other) => this.#compare(other, item) < 0);
    const chunk = this.#chunks[at];
    const found = chunk?.[index];
    if (chunk === undefined || found === undefined || this.#compare(found, item) !== 0) return;
    this.#size -= 1;
    chunk.splice(index, 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /** The number of items before the first for which `isBefore` is false. */
  rank(isBefore: IsBefore<T>): number {
    const [at, index] = this.#find(isBefore);
    let rank = index;
    for (let i = 0; i < at; i += 1) rank += this.#chunks[i]?.length ?? 0;
    return rank;
  }

  /** From the first item for which `isBefore` is false, upwards. */
  *ascending(isBefore: IsBefore<T> = () => false): Generator<T, void> {
    const [start, index] = this.#find(isBefore);
    for (let at = start; at < this.#chunks.length; at += 1) {
      const chunk = this.#chunks[at] ?? [];
      for (let i = at === start ? index : 0; i < chunk.length; i += 1) {
        const item = chunk[i];
        if (item !== undefined) yield item;
      }
    }
  }

  /** From the last item for which `isUpTo` is true, downwards. */
  *descending(isUpTo: IsBefore<T> = () => true): Generator<T, void> {
    const [start, index] = this.#find(isUpTo);
    for (let at = Math.min(start, this.#chunks.length - 1); at >= 0; at -= 1) {
      const chunk = this.#chunks[at] ?? [];
      for (let i = at === start ? index - 1 : chunk.length - 1; i >= 0; i -= 1) {
        const item = chunk[i];
        if (item !== undefined) yield item;
      }
    }
  }

  /** The place of the first item for which `isBefore` is false: the chunk and the index in it. */
  #find(isBefore: IsBefore<T>): [at: number, index: number] {
    const at = firstIndex(this.#chunks, (chunk) => isEvery(chunk, isBefore));
    const chunk = this.#chunks[at];
    return chunk === undefined ? [at, 0] : [at, firstIndex(chunk, isBefore)];
  }

  #insert(at: number, index: number, item: T): void {
    const last = this.#chunks.length - 1;
    const chunk = this.#chunks[at] ?? this.#chunks[last];
    if (chunk === undefined) {
      this.#chunks.push([item]);
      return;
    }
    if (at > last) chunk.push(item);
    else chunk.splice(index, 0, item);
    if (chunk.length <= MAX_CHUNK) return;
    // Ascending inserts, the usual case of sequences, leave full chunks behind.
    const keep = at > last ? MAX_CHUNK : MAX_CHUNK / 2;
    this.#chunks.splice(Math.min(at, last) + 1, 0, chunk.splice(keep));
  }
}

/** Whether all items of a chunk lie before: its last one tells. */
function isEvery<T extends object>(chunk: readonly T[], isBefore: IsBefore<T>): boolean {
  const last = chunk.at(-1);
  return last !== undefined && isBefore(last);
}

function firstIndex<T extends object>(items: readonly T[], isBefore: IsBefore<T>): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && isBefore(item)) low = middle + 1;
    else high = middle;
  }
  return low;
}
