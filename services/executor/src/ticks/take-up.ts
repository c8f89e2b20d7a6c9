import {
  type ColdLines,
  type Place,
  type SeriesPoint,
  type SymbolBook,
  isAtOrAfter,
  whereabouts,
} from '@bellwether/domain';
import type { ColdSubjects } from '../snapshot/cold-subjects.ts';
import type { ArmedSubject } from './fired.ts';
import type { Restored } from './restored.ts';

/** What cold subjects are taken up into. */
export interface TakingUp {
  readonly cold: ColdSubjects;
  /** Their lines, as books ask for them. */
  readonly lines: ColdLines;
  readonly restored: Restored;
  /** The place of the next tick. */
  readonly next: Place;
  /** The book of a symbol, made at `scale` or a finer one where there is none. */
  readonly bookOf: (symbol: string, scale: number) => SymbolBook;
  /** Takes note of a subject that cannot stay cold. */
  readonly note: (subject: ArmedSubject) => void;
}

/** A turn of the event loop after so many: some milliseconds. */
const atOnce = 10_000;

/** Takes up a snapshot symbol by symbol, some subjects at a time. */
export function* takeUp(into: TakingUp): Generator<void> {
  const { cold, bookOf } = into;
  const { rows, ends } = cold.bySymbol();
  let start = 0;
  let left = atOnce;
  for (const end of ends) {
    const of = rows.subarray(start, end);
    const [first] = of;
    if (first === undefined) continue;
    start = end;
    const book = bookOf(cold.symbolAt(first), cold.scaleAt(first));
    book.gather(of.length);
    for (const row of of) {
      takeUpOne(into, row, book);
      left -= 1;
      if (left > 0) continue;
      left = atOnce;
      yield;
    }
    book.settle();
  }
}

function takeUpOne({ cold, lines, restored, next, note }: TakingUp, row: number, book: SymbolBook): void {
  if (cold.isRepeated(row) || !canStayCold(cold, row, book.scale, next)) {
    note(cold.subjectAt(row));
    return;
  }
  cold.takeUp(row);
  const end = cold.firstLineOf(row + 1);
  for (let line = cold.firstLineOf(row); line < end; line += 1) {
    const numbers = cold.numbersOf(line);
    const best = numbers.trailing && bestOf(cold, row, line, restored, book.scale);
    cold.noteId(line, book.adopt(lines, line, cold.seriesOf(line), numbers, best));
  }
}

/** Whether its numbers are those of the book, and its lines are watched from the next tick on. */
function canStayCold(cold: ColdSubjects, row: number, scale: number, next: Place): boolean {
  if (cold.scaleAt(row) !== scale) return false;
  const end = cold.firstLineOf(row + 1);
  for (let line = cold.firstLineOf(row); line < end; line += 1) {
    if (cold.whereOf(line) === whereabouts.nowhere) return false;
    if (!isAtOrAfter(next, cold.armedFromOf(line))) return false;
  }
  return true;
}

/** The best price that a trailing line has seen before. */
function bestOf(
  cold: ColdSubjects,
  row: number,
  line: number,
  restored: Restored,
  scale: number,
): SeriesPoint | undefined {
  const follows = cold.whereOf(line) === whereabouts.fromHighest ? 'highest' : 'lowest';
  const armedFrom = cold.armedFromOf(line);
  return restored.bestOf({
    symbol: cold.symbolAt(row),
    series: cold.seriesOf(line),
    follows,
    armedFrom,
    scale,
  });
}
