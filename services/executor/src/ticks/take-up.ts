import { type Place, type SeriesPoint, type SymbolBook, whereabouts } from '@bellwether/domain';
import type { HeldSubjects } from '../snapshot/held-subjects.ts';
import type { SubjectTable } from '../subjects/subject-table.ts';
import { CountedLines } from './counted-lines.ts';
import type { Restored } from './restored.ts';

/** What the lines of a snapshot's subjects are taken up into. */
export interface TakingUp {
  readonly held: HeldSubjects;
  /** The same subjects, by the same rows. */
  readonly subjects: SubjectTable;
  /** Rows that are left out. */
  readonly repeated: ReadonlySet<number>;
  readonly restored: Restored;
  /** The place of the next tick. */
  readonly next: Place;
  /** The book of a symbol, made at `scale` or a finer one where there is none. */
  readonly bookOf: (symbol: string, scale: number) => SymbolBook;
  /** Arms the lines of a subject that is not watched in the integers of its columns. */
  readonly arm: (row: number) => void;
}

/** A turn of the event loop after so many or twice as many: some milliseconds. */
const atOnce = 5_000;

/** Takes up a snapshot symbol by symbol, some subjects at a time. */
export function* takeUp(into: TakingUp): Generator<void> {
  const { held, subjects, next, bookOf } = into;
  const counted = new CountedLines(held, subjects.nameAt, next);
  const { rows, ends } = held.bySymbol();
  let start = 0;
  let taken = 0;
  for (const end of ends) {
    const first = rows[start];
    if (first === undefined || start === end) continue;
    const book = bookOf(subjects.symbolAt(first), held.scaleAt(first));
    book.gather(end - start);
    for (; start < end; start += atOnce) {
      const some = rows.subarray(start, Math.min(start + atOnce, end));
      takeUpRows(into, counted, some, book);
      taken += some.length;
      if (taken < atOnce) continue;
      taken = 0;
      yield;
    }
    start = end;
    book.settle();
  }
}

/** A function of its own, and no loop of the generator: V8 makes fast code of it sooner. */
function takeUpRows(into: TakingUp, counted: CountedLines, rows: Uint32Array, book: SymbolBook): void {
  const { repeated } = into;
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] ?? 0;
    if (repeated.size === 0 || !repeated.has(row)) takeUpOne(into, counted, row, book);
  }
}

function takeUpOne(into: TakingUp, counted: CountedLines, row: number, book: SymbolBook): void {
  const { held, subjects, arm } = into;
  if (!isWatchedAsHeld(held, counted, row, book.scale)) {
    arm(row);
    return;
  }
  const end = held.firstLineOf(row + 1);
  let before: number | undefined;
  for (let line = held.firstLineOf(row); line < end; line += 1) {
    const id = adopt(into, row, line, book);
    if (before === undefined) subjects.noteLine(row, id);
    else book.link(before, id);
    before = id;
  }
}

function adopt(into: TakingUp, row: number, line: number, book: SymbolBook): number {
  const { held } = into;
  const series = held.seriesOf(line);
  const from = held.countsFrom(line);
  const where = held.whereOf(line);
  if (where !== whereabouts.fromHighest && where !== whereabouts.fromLowest)
    return book.adoptLevel(row, series, from, where, held.valueOf(line));
  return book.adopt(row, series, from, held.numbersOf(line), bestOf(into, row, line, book.scale));
}

/** Whether its numbers are those of the book, and its lines are watched from the next tick on. */
function isWatchedAsHeld(held: HeldSubjects, counted: CountedLines, row: number, scale: number): boolean {
  if (held.scaleAt(row) !== scale) return false;
  const end = held.firstLineOf(row + 1);
  for (let line = held.firstLineOf(row); line < end; line += 1) {
    if (held.whereOf(line) === whereabouts.nowhere) return false;
    if (!counted.has(line)) return false;
  }
  return true;
}

/** The best price that a trailing line has seen before. */
function bestOf(
  { held, subjects, restored }: TakingUp,
  row: number,
  line: number,
  scale: number,
): SeriesPoint | undefined {
  return restored.bestOf({
    symbol: subjects.symbolAt(row),
    series: held.seriesOf(line),
    follows: held.whereOf(line) === whereabouts.fromHighest ? 'highest' : 'lowest',
    armedFrom: held.armedFromOf(line, subjects.nameAt),
    scale,
  });
}
