import { ByteReader, ByteWriter } from '@bellwether/contracts';
import { type ArmedSubject, armedKey } from '../ticks/fired.ts';
import { ByteLog } from './byte-log.ts';
import { hashOfKey } from './hash-of-key.ts';
import { KeyTable, none } from './key-table.ts';
import { NameTable } from './name-table.ts';
import { Pages } from './pages.ts';
import { type SubjectKey, hasKey, readKey, readTerms, writeTerms } from './subject-terms.ts';

/** Subjects as columns, to fill a table with. Names are named by their numbers. */
export interface ColumnsOfSubjects {
  readonly version: Float64Array;
  /** Of its key. */
  readonly hash: Uint32Array;
  readonly symbol: Uint32Array;
  /** Where its terms end among all terms. */
  readonly termsEnd: Uint32Array;
  readonly nameEnd: Uint32Array;
  readonly nameBytes: Uint8Array;
}

/**
 * Armed subjects by rows, and by their keys. None is an object here: columns and bytes hold them, and one that is
 * asked for is made anew each time. A row is given to another subject when its own is removed.
 */
export class SubjectTable {
  readonly #names = new NameTable();
  readonly #keys = new KeyTable();
  readonly #terms: ByteLog;
  readonly #version = new Pages('numbers');
  readonly #symbol = new Pages('indexes');
  /** By row: the first of its lines in the book of its symbol; of a free row the next free, plus one. */
  readonly #line = new Pages('indexes');
  /** All rows are below it. */
  #length = 0;
  /** Plus one. */
  #free = 0;
  readonly #writer = new ByteWriter(256);

  /** @param segmentBytes how large the pieces of memory are that hold terms. */
  constructor(segmentBytes?: number) {
    this.#terms = new ByteLog(segmentBytes);
  }

  /** Memory that it takes. */
  get bytes(): number {
    const parts = [this.#names, this.#keys, this.#terms, this.#version, this.#symbol, this.#line];
    return parts.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** The row of a subject. */
  find(key: SubjectKey): number | undefined {
    const account = this.#names.find(key.account.accountId);
    if (account === undefined) return undefined;
    const keys = this.#keys;
    for (let row = keys.first(hashOfKey(armedKey(key))); row !== none; row = keys.after(row))
      if (hasKey(this.#termsAt(row), account, key)) return row;
    return undefined;
  }

  /** Adds a subject whose key is not here. @returns its row. */
  add(subject: ArmedSubject): number {
    const row = this.#free === 0 ? this.#length : this.#free - 1;
    if (row === this.#length) this.#length += 1;
    else this.#free = this.#line.at(row);
    this.change(row, subject);
    this.#keys.add(row, hashOfKey(armedKey(subject)));
    return row;
  }

  /** Puts a subject in the place of what it was before. */
  change(row: number, subject: ArmedSubject): void {
    const writer = this.#writer;
    writer.clear();
    writeTerms(writer, subject, this.#names.numberOf);
    this.#terms.put(row, writer.finish());
    this.#version.set(row, subject.version);
    this.#symbol.set(row, this.#names.numberOf(subject.symbol));
  }

  remove(row: number): void {
    this.#keys.remove(row);
    this.#release(row);
  }

  /** @throws RangeError for what `load` was given and no encoder wrote. */
  at(row: number): ArmedSubject {
    const of = { symbol: this.symbolAt(row), version: this.versionAt(row) };
    return readTerms(this.#termsAt(row), of, this.#names.at);
  }

  versionAt(row: number): number {
    return this.#version.at(row);
  }

  symbolAt(row: number): string {
    return this.nameAt(this.#symbol.at(row));
  }

  /** @throws RangeError where no name has this number. */
  get nameAt(): (number: number) => string {
    return this.#names.at;
  }

  /** The first of its lines in the book of its symbol, as `noteLine` was told. */
  lineAt(row: number): number {
    return this.#line.at(row);
  }

  noteLine(row: number, line: number): void {
    this.#line.set(row, line);
  }

  /**
   * Fills an empty table, row by row. A subject whose key came before is not found: it is to be taken by
   * `takeRepeated`, row by row of those that are returned.
   *
   * @param terms piece by piece; no subject's lie in two of them.
   */
  load(columns: ColumnsOfSubjects, terms: Iterable<Uint8Array>): readonly number[] {
    this.#names.load(columns.nameEnd, columns.nameBytes);
    this.#terms.load(columns.termsEnd, terms);
    this.#version.load(columns.version);
    this.#symbol.load(columns.symbol);
    this.#length = columns.version.length;
    return this.#keys.load(columns.hash, (a, b) => this.#keyAt(a) === this.#keyAt(b));
  }

  /** What is in a row that repeats another: the row is free from now on. */
  takeRepeated(row: number): ArmedSubject {
    const subject = this.at(row);
    this.#release(row);
    return subject;
  }

  #release(row: number): void {
    this.#terms.remove(row);
    this.#line.set(row, this.#free);
    this.#free = row + 1;
  }

  #keyAt(row: number): string {
    return readKey(this.#termsAt(row), this.#names.at);
  }

  #termsAt(row: number): ByteReader {
    return new ByteReader(this.#terms.at(row));
  }
}
