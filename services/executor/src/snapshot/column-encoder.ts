import { ByteWriter } from '@bellwether/contracts';
import { type Armed, type PriceSeries, numbersOf, whereabouts } from '@bellwether/domain';
import { type ArmedSubject, armedKey } from '../ticks/fired.ts';
import { hashOfKey } from '../subjects/hash-of-key.ts';
import {
  type ColumnCounts,
  SubjectColumns,
  bytesOf,
  noEpoch,
  nothingCounted,
  sumOf,
  writeCounts,
} from './subject-columns.ts';
import { writeTerms } from '../subjects/subject-terms.ts';

/** Codes are places in this list: it only ever grows at its end. */
export const seriesCodes = ['trade', 'bid', 'ask', 'mark'] as const satisfies readonly PriceSeries[];

/**
 * Armed subjects as columns, one block after the other. Names that come again (accounts, symbols, epochs, lines)
 * are written once, in the block where they come first.
 */
export class ColumnEncoder {
  readonly #numbers = new Map<string, number>();
  /** Those that are in no block yet. */
  #newNames: string[] = [];
  #written = nothingCounted;

  /** What all blocks hold together. */
  get written(): ColumnCounts {
    return this.#written;
  }

  /** @param scaleOf the scale of the book of a symbol. */
  encode(subjects: readonly ArmedSubject[], scaleOf: (symbol: string) => number): Uint8Array {
    const terms = new ByteWriter(64 + subjects.length * 64);
    const termsEnd = subjects.map((subject) => {
      writeTerms(terms, subject, this.#numberOf);
      return terms.length;
    });
    const symbols = subjects.map(({ symbol }) => this.#numberOf(symbol));
    const lines = subjects.flatMap(({ armed = [] }) => armed);
    const names = this.#takeNames();
    const counts: ColumnCounts = {
      subjects: subjects.length,
      lines: lines.length,
      trailing: lines.filter(({ line }) => line.kind === 'trailing').length,
      names: names.ends.length,
      nameBytes: names.bytes.length,
      termBytes: terms.length,
    };
    const columns = new SubjectColumns(counts);
    columns.symbol.set(symbols);
    columns.termsEnd.set(termsEnd.map((end) => this.#written.termBytes + end));
    columns.termBytes.set(terms.finish());
    columns.nameEnd.set(names.ends.map((end) => this.#written.nameBytes + end));
    columns.nameBytes.set(names.bytes);
    this.#fill(columns, subjects, scaleOf);
    this.#written = sumOf(this.#written, counts);
    return Buffer.concat([writeCounts(counts), ...columns.all().map(bytesOf)]);
  }

  #fill(
    columns: SubjectColumns,
    subjects: readonly ArmedSubject[],
    scaleOf: (symbol: string) => number,
  ): void {
    let row = 0;
    const next = { line: 0, trailing: 0 };
    for (const subject of subjects) {
      const scale = scaleOf(subject.symbol);
      for (const armed of subject.armed ?? []) this.#fillLine(columns, armed, scale, next);
      columns.version[row] = subject.version;
      columns.hash[row] = hashOfKey(armedKey(subject));
      columns.linesEnd[row] = this.#written.lines + next.line;
      columns.scale[row] = scale;
      row += 1;
    }
  }

  #fillLine(
    columns: SubjectColumns,
    { line, armedFrom }: Armed,
    scale: number,
    next: { line: number; trailing: number },
  ): void {
    const at = next.line;
    next.line += 1;
    columns.from[at] = 'at' in armedFrom ? armedFrom.at : armedFrom.ordinal;
    columns.epoch[at] = 'at' in armedFrom ? noEpoch : this.#numberOf(armedFrom.epoch);
    columns.series[at] = seriesCodes.indexOf(line.series);
    if (line.kind === 'move') {
      columns.where[at] = whereabouts.nowhere;
      return;
    }
    const { where, value, trailing } = numbersOf(line, scale);
    columns.where[at] = where;
    columns.value[at] = trailing === undefined ? value : this.#written.trailing + next.trailing;
    if (trailing === undefined) return;
    columns.offset[next.trailing] = trailing.offset;
    columns.stop[next.trailing] = trailing.stop;
    columns.movesFrom[next.trailing] = trailing.movesFrom;
    columns.isRelative[next.trailing] = trailing.isRelative ? 1 : 0;
    next.trailing += 1;
  }

  readonly #numberOf = (name: string): number => {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(name, number);
    this.#newNames.push(name);
    return number;
  };

  #takeNames(): { readonly ends: readonly number[]; readonly bytes: Uint8Array } {
    const names = this.#newNames;
    this.#newNames = [];
    const texts = names.map((name) => Buffer.from(name));
    let end = 0;
    return { ends: texts.map(({ length }) => (end += length)), bytes: Buffer.concat(texts) };
  }
}
