import { Pages } from './pages.ts';

/** No row. */
export const none = 0xffffffff;

/**
 * Rows by the hashes of their keys, those of one bucket one after the other. It has as many buckets as rows, and grows
 * by dividing one of them in two (linear hashing): no row waits for all others to be placed anew.
 */
export class KeyTable {
  /** By bucket: its first row, plus one. */
  readonly #first = new Pages('indexes');
  /** Twice a row: its hash, and the next row of its bucket, plus one. */
  readonly #links = new Pages('indexes');
  #buckets = 1;
  /** The buckets were as many before the first of them was divided, or are as many. */
  #undivided = 1;
  #size = 0;

  /** Memory that it takes. */
  get bytes(): number {
    return this.#first.bytes + this.#links.bytes;
  }

  /** A row of this hash: keys of several rows may have the same. */
  first(hash: number): number {
    return this.#ofHash(this.#first.at(this.#bucketOf(hash)), hash);
  }

  /** Another row of the same hash. */
  after(row: number): number {
    return this.#ofHash(this.#nextOf(row), this.#hashOf(row));
  }

  add(row: number, hash: number): void {
    this.#links.set(row * 2, hash);
    this.#link(row, this.#bucketOf(hash));
    this.#size += 1;
    if (this.#size > this.#buckets) this.#divide();
  }

  remove(row: number): void {
    const bucket = this.#bucketOf(this.#hashOf(row));
    const after = this.#nextOf(row);
    this.#size -= 1;
    if (this.#first.at(bucket) === row + 1) {
      this.#first.set(bucket, after);
      return;
    }
    let before = this.#first.at(bucket) - 1;
    while (this.#nextOf(before) !== row + 1) before = this.#nextOf(before) - 1;
    this.#links.set(before * 2 + 1, after);
  }

  /**
   * Adds as many rows from the first on, to an empty table; but for those whose key a row before them has.
   *
   * @param isSame whether two rows of the same hash have the same key.
   * @returns those that are left out.
   */
  load(hashes: Uint32Array, isSame: (a: number, b: number) => boolean): number[] {
    while (this.#buckets < hashes.length) this.#buckets *= 2;
    this.#undivided = this.#buckets;
    // In one piece, which is faster: the pages lie in it.
    const firstOf = new Uint32Array(this.#buckets);
    const links = new Uint32Array(hashes.length * 2);
    const repeated: number[] = [];
    const within = this.#buckets - 1;
    for (let row = 0; row < hashes.length; row += 1) {
      const hash = hashes[row] ?? 0;
      const bucket = hash & within;
      const first = firstOf[bucket] ?? 0;
      let link = first;
      while (link !== 0 && (links[link * 2 - 2] !== hash || !isSame(link - 1, row)))
        link = links[link * 2 - 1] ?? 0;
      if (link !== 0) {
        repeated.push(row);
        continue;
      }
      links[row * 2] = hash;
      links[row * 2 + 1] = first;
      firstOf[bucket] = row + 1;
    }
    this.#first.load(firstOf);
    this.#links.load(links);
    this.#size = hashes.length - repeated.length;
    return repeated;
  }

  #hashOf(row: number): number {
    return this.#links.at(row * 2);
  }

  #nextOf(row: number): number {
    return this.#links.at(row * 2 + 1);
  }

  #bucketOf(hash: number): number {
    const bucket = hash & (this.#undivided * 2 - 1);
    return bucket < this.#buckets ? bucket : hash & (this.#undivided - 1);
  }

  #ofHash(link: number, hash: number): number {
    for (let at = link; at !== 0; at = this.#nextOf(at - 1)) if (this.#hashOf(at - 1) === hash) return at - 1;
    return none;
  }

  #link(row: number, bucket: number): void {
    this.#links.set(row * 2 + 1, this.#first.at(bucket));
    this.#first.set(bucket, row + 1);
  }

  #divide(): void {
    const bucket = this.#buckets - this.#undivided;
    let link = this.#first.at(bucket);
    this.#first.set(bucket, 0);
    this.#buckets += 1;
    while (link !== 0) {
      const row = link - 1;
      link = this.#nextOf(row);
      this.#link(row, this.#bucketOf(this.#hashOf(row)));
    }
    if (this.#buckets === this.#undivided * 2) this.#undivided = this.#buckets;
  }
}
