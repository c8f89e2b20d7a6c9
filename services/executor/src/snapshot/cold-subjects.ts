import { ByteReader } from '@bellwether/contracts';
import { type ArmedFrom, type LineNumbers, type PriceSeries, whereabouts } from '@bellwether/domain';
import type { ArmedSubject } from '../ticks/fired.ts';
import { seriesCodes } from './column-encoder.ts';
import { type GroupedRows, groupRows } from './grouped-rows.ts';
import { hashOfKey } from './hash-of-key.ts';
import { NameTable } from './name-table.ts';
import { type SubjectColumns, noEpoch } from './subject-columns.ts';
import { readKey, readTerms } from './subject-terms.ts';

const none = 0xffffffff;
const placeGroups = 256;

/**
 * The subjects of a snapshot, by rows: cold are those that are taken up and have neither fired nor changed since.
 * They are found by their keys, and made into objects one by one.
 */
export class ColdSubjects {
  readonly #columns: SubjectColumns;
  readonly #names: NameTable;
  readonly #isCold: Uint8Array;
  /** By line: its number in its book. */
  readonly #ids: Uint32Array;
  /** Rows by the hashes of their keys, each at the first free place from its hash on. */
  readonly #places: Uint32Array;
  readonly #repeated = new Set<number>();

  constructor(columns: SubjectColumns) {
    this.#columns = columns;
    this.#names = new NameTable(columns.nameEnd, columns.nameBytes);
    this.#isCold = new Uint8Array(this.size);
    this.#ids = new Uint32Array(columns.value.length);
    this.#places = new Uint32Array(2 ** Math.ceil(Math.log2(2 * this.size + 2))).fill(none);
    this.#placeRows();
  }

  get size(): number {
    return this.#columns.version.length;
  }

  /** Its rows by their symbols, and by the numbers of those; within a symbol as they were written. */
  bySymbol(): GroupedRows {
    const { symbol, nameEnd } = this.#columns;
    return groupRows(this.size, nameEnd.length, (row) => symbol[row] ?? 0);
  }

  /** Whether a row before it has its key: one that changed while it was written is there twice. */
  isRepeated(row: number): boolean {
    return this.#repeated.has(row);
  }

  /** It is taken up: to be found from now on. */
  takeUp(row: number): void {
    this.#isCold[row] = 1;
  }

  /** It is an object from now on. */
  release(row: number): void {
    this.#isCold[row] = 0;
  }

  /** The row of a cold subject. */
  find(key: string): number | undefined {
    const hash = hashOfKey(key);
    const places = this.#places;
    const mask = places.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const row = places[place] ?? none;
      if (row === none) return undefined;
      if (this.#columns.hash[row] === hash && this.#keyAt(row) === key)
        return this.#isCold[row] === 1 ? row : undefined;
    }
  }

  /** All that are cold, each made an object as it is asked for. */
  *subjects(): Generator<ArmedSubject> {
    for (let row = 0; row < this.size; row += 1) if (this.#isCold[row] === 1) yield this.subjectAt(row);
  }

  /** @throws RangeError for what no encoder wrote. */
  subjectAt(row: number): ArmedSubject {
    return readTerms(
      this.#termsAt(row),
      { symbol: this.symbolAt(row), version: this.versionAt(row) },
      this.#nameAt,
    );
  }

  versionAt(row: number): number {
    return this.#columns.version[row] ?? 0;
  }

  symbolAt(row: number): string {
    return this.#names.at(this.#columns.symbol[row] ?? none);
  }

  /** The scale at which the numbers of its lines are counted. */
  scaleAt(row: number): number {
    return this.#columns.scale[row] ?? 0;
  }

  /** The lines of a subject are those from here to before the first of the next. */
  firstLineOf(row: number): number {
    return row === 0 ? 0 : (this.#columns.linesEnd[row - 1] ?? 0);
  }

  rowOfLine(line: number): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#columns.linesEnd[middle] ?? Infinity) > line) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  armedFromOf(line: number): ArmedFrom {
    const { from, epoch } = this.#columns;
    const at = from[line] ?? 0;
    const number = epoch[line] ?? noEpoch;
    return number === noEpoch ? { at } : { epoch: this.#names.at(number), ordinal: at };
  }

  countsFrom(line: number): number {
    const { from, epoch } = this.#columns;
    return epoch[line] === noEpoch ? (from[line] ?? 0) : -Infinity;
  }

  seriesOf(line: number): PriceSeries {
    return seriesCodes[this.#columns.series[line] ?? 0] ?? 'trade';
  }

  /** One of `whereabouts`: nowhere where it is watched in no integers. */
  whereOf(line: number): number {
    return this.#columns.where[line] ?? whereabouts.nowhere;
  }

  numbersOf(line: number): LineNumbers {
    const columns = this.#columns;
    const where = this.whereOf(line);
    const value = columns.value[line] ?? 0;
    if (where !== whereabouts.fromHighest && where !== whereabouts.fromLowest) return { where, value };
    const trailing = {
      offset: columns.offset[value] ?? 0,
      isRelative: columns.isRelative[value] === 1,
      stop: columns.stop[value] ?? 0,
      movesFrom: columns.movesFrom[value] ?? 0,
    };
    return { where, value: trailing.stop, trailing };
  }

  /** The number of a line in its book. */
  idOf(line: number): number {
    return this.#ids[line] ?? 0;
  }

  noteId(line: number, id: number): void {
    this.#ids[line] = id;
  }

  /** Neighbouring places one after the other: in any order each would be a miss of the cache. */
  #placeRows(): void {
    const { hash } = this.#columns;
    const places = this.#places;
    const mask = places.length - 1;
    const perGroup = Math.max(1, places.length / placeGroups);
    const { rows } = groupRows(this.size, placeGroups, (row) =>
      Math.floor(((hash[row] ?? 0) & mask) / perGroup),
    );
    for (const row of rows) {
      let place = (hash[row] ?? 0) & mask;
      for (let other = places[place] ?? none; other !== none; other = places[place] ?? none) {
        if (hash[other] === hash[row] && this.#keyAt(other) === this.#keyAt(row)) break;
        place = (place + 1) & mask;
      }
      if (places[place] === none) places[place] = row;
      else this.#repeated.add(row);
    }
  }

  readonly #nameAt = (number: number): string => this.#names.at(number);

  #keyAt(row: number): string {
    return readKey(this.#termsAt(row), this.#nameAt);
  }

  #termsAt(row: number): ByteReader {
    const { termBytes, termsEnd } = this.#columns;
    return new ByteReader(termBytes.subarray(row === 0 ? 0 : termsEnd[row - 1], termsEnd[row]));
  }
}
