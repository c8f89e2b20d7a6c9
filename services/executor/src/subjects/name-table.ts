import { ByteLog } from './byte-log.ts';
import { hashOfAscii, hashOfKey } from './hash-of-key.ts';
import { KeyTable, none } from './key-table.ts';
import { isText, textOf } from './text-bytes.ts';

const encoder = new TextEncoder();
/** How many names are kept as text: those that were asked for last, and differ in the lowest bits of their numbers. */
const recentNames = 1_024;

/**
 * Names by their numbers and numbers by their names. None is forgotten, so they are of what there is little of: accounts, symbols,
 * epochs, and lines, which are named alike in every position.
 */
export class NameTable {
  readonly #names = new ByteLog();
  readonly #keys = new KeyTable();
  #count = 0;
  readonly #recentNumbers = new Uint32Array(recentNames).fill(none);
  readonly #recent: string[] = [];

  /** Memory that they take. */
  get bytes(): number {
    return this.#names.bytes + this.#keys.bytes;
  }

  /** The number of a known name. */
  find(name: string): number | undefined {
    for (let number = this.#keys.first(hashOfKey(name)); number !== none; number = this.#keys.after(number))
      if (isText(this.#names.at(number), name)) return number;
    return undefined;
  }

  /** The number of a name, which is known from now on. */
  readonly numberOf = (name: string): number => {
    const known = this.find(name);
    if (known !== undefined) return known;
    const number = this.#count;
    this.#names.put(number, encoder.encode(name));
    this.#keys.add(number, hashOfKey(name));
    this.#count += 1;
    return number;
  };

  /** @throws RangeError where there is none of this number. */
  readonly at = (number: number): string => {
    const place = number % recentNames;
    const recent = this.#recent[place];
    if (recent !== undefined && this.#recentNumbers[place] === number) return recent;
    if (!(number < this.#count)) throw new RangeError(`no name ${number}`);
    const name = textOf(this.#names.at(number));
    this.#recentNumbers[place] = number;
    this.#recent[place] = name;
    return name;
  };

  /** Gives names their numbers, where there are none yet. @param ends where each ends among the bytes. */
  load(ends: Uint32Array, bytes: Uint8Array): void {
    this.#names.load(ends, [bytes]);
    this.#count = ends.length;
    const hashes = new Uint32Array(ends.length);
    let start = 0;
    for (let number = 0; number < ends.length; number += 1) {
      const end = ends[number] ?? start;
      hashes[number] = hashOfAscii(bytes, start, end) ?? hashOfKey(this.at(number));
      start = end;
    }
    this.#keys.load(hashes, () => false);
  }
}
