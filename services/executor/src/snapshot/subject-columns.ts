import { type ByteReader, ByteWriter } from '@bellwether/contracts';

/** How many there are of what columns hold. */
export interface ColumnCounts {
  readonly subjects: number;
  readonly lines: number;
  readonly trailing: number;
  readonly names: number;
  readonly nameBytes: number;
  readonly termBytes: number;
}

export const nothingCounted: ColumnCounts = {
  subjects: 0,
  lines: 0,
  trailing: 0,
  names: 0,
  nameBytes: 0,
  termBytes: 0,
};

export function sumOf(a: ColumnCounts, b: ColumnCounts): ColumnCounts {
  return {
    subjects: a.subjects + b.subjects,
    lines: a.lines + b.lines,
    trailing: a.trailing + b.trailing,
    names: a.names + b.names,
    nameBytes: a.nameBytes + b.nameBytes,
    termBytes: a.termBytes + b.termBytes,
  };
}

export function writeCounts(counts: ColumnCounts): Uint8Array {
  const { subjects, lines, trailing, names, nameBytes, termBytes } = counts;
  const writer = new ByteWriter(32);
  for (const count of [subjects, lines, trailing, names, nameBytes, termBytes]) writer.unsigned(count);
  return writer.finish();
}

export function readCounts(reader: ByteReader): ColumnCounts {
  return {
    subjects: reader.unsigned(),
    lines: reader.unsigned(),
    trailing: reader.unsigned(),
    names: reader.unsigned(),
    nameBytes: reader.unsigned(),
    termBytes: reader.unsigned(),
  };
}

export type Column = Float64Array | Uint32Array | Uint8Array;

/** A line that counts from a moment has no epoch. */
export const noEpoch = 0xffffffff;

/**
 * Armed subjects as columns: of one block, or of a whole snapshot. Names are named by their numbers; ends,
 * numbers of names and of trailing lines count over the whole snapshot.
 */
export class SubjectColumns {
  // By subject.
  readonly version: Float64Array;
  /** Of its key. */
  readonly hash: Uint32Array;
  readonly symbol: Uint32Array;
  /** Where its lines end among all lines. */
  readonly linesEnd: Uint32Array;
  readonly termsEnd: Uint32Array;
  /** That of its book: the integers of its lines are counted at it. */
  readonly scale: Uint8Array;
  // By line.
  /** Its level or time; of a trailing line, its number among those. */
  readonly value: Float64Array;
  /** An ordinal of the epoch, or an exchange time where there is none. */
  readonly from: Float64Array;
  readonly epoch: Uint32Array;
  /** One of `whereabouts`: nowhere where it is watched in no integers. */
  readonly where: Uint8Array;
  readonly series: Uint8Array;
  // By trailing line.
  readonly offset: Float64Array;
  readonly stop: Float64Array;
  readonly movesFrom: Float64Array;
  readonly isRelative: Uint8Array;
  // By name.
  readonly nameEnd: Uint32Array;
  readonly nameBytes: Uint8Array;
  /** What makes objects of subjects: see `writeTerms`. */
  readonly termBytes: Uint8Array;

  constructor({ subjects, lines, trailing, names, nameBytes, termBytes }: ColumnCounts) {
    this.version = new Float64Array(subjects);
    this.hash = new Uint32Array(subjects);
    this.symbol = new Uint32Array(subjects);
    this.linesEnd = new Uint32Array(subjects);
    this.termsEnd = new Uint32Array(subjects);
    this.scale = new Uint8Array(subjects);
    this.value = new Float64Array(lines);
    this.from = new Float64Array(lines);
    this.epoch = new Uint32Array(lines);
    this.where = new Uint8Array(lines);
    this.series = new Uint8Array(lines);
    this.offset = new Float64Array(trailing);
    this.stop = new Float64Array(trailing);
    this.movesFrom = new Float64Array(trailing);
    this.isRelative = new Uint8Array(trailing);
    this.nameEnd = new Uint32Array(names);
    this.nameBytes = new Uint8Array(nameBytes);
    this.termBytes = new Uint8Array(termBytes);
  }

  /** All of them in the order in which they are written. */
  all(): readonly Column[] {
    const { version, hash, symbol, linesEnd, termsEnd, scale } = this;
    const { value, from, epoch, where, series } = this;
    const { offset, stop, movesFrom, isRelative } = this;
    const bySubject = [version, hash, symbol, linesEnd, termsEnd, scale];
    const byLine = [value, from, epoch, where, series];
    const byTrailing = [offset, stop, movesFrom, isRelative];
    return [...bySubject, ...byLine, ...byTrailing, this.nameEnd, this.nameBytes, this.termBytes];
  }
}

/** How long the columns are that hold as much, in the order in which they are written. */
export function columnLengths(counts: ColumnCounts): readonly number[] {
  const { subjects, lines, trailing, names, nameBytes, termBytes } = counts;
  const bySubject = Array.from({ length: 6 }, () => subjects);
  const byLine = Array.from({ length: 5 }, () => lines);
  const byTrailing = Array.from({ length: 4 }, () => trailing);
  return [...bySubject, ...byLine, ...byTrailing, names, nameBytes, termBytes];
}

/** The memory of a column, byte by byte. */
export function bytesOf({ buffer, byteOffset, byteLength }: Column): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

const bytesPerSubject = 8 + 4 * 4 + 1;
const bytesPerLine = 8 + 8 + 4 + 1 + 1;
const bytesPerTrailing = 3 * 8 + 1;
const bytesPerName = 4;

/** The size of columns that hold as much. */
export function sizeOf({ subjects, lines, trailing, names, nameBytes, termBytes }: ColumnCounts): number {
  return (
    subjects * bytesPerSubject +
    lines * bytesPerLine +
    trailing * bytesPerTrailing +
    names * bytesPerName +
    nameBytes +
    termBytes
  );
}
