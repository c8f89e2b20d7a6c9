import { LineIds, LineTable, type Place, type QuietBands, SeriesBook } from '@bellwether/domain';
import { seededRandom } from '../runner/random.ts';

/** Where prices are when a book is filled: 100 000.00, with room for a fifth on either side. */
export const middle = 10_000_000;
/** Ticks within this distance of the middle reach nothing. */
export const quiet = 50;
export const place: Place = { epoch: 'e', ordinal: 0, exchangeAt: 0 };

/** A series' book with its table and a list for what it reaches. */
export interface FilledBook {
  readonly book: SeriesBook;
  readonly table: LineTable;
  readonly reached: LineIds;
  /** The level of each line, by its number; below the middle they are stops. */
  readonly levels: Float64Array;
}

/** Levels on both sides of the middle, evenly spread over a fifth of it. */
export function filledBook(count: number, seed = 1, bands?: QuietBands): FilledBook {
  const random = seededRandom(seed);
  const table = new LineTable();
  const book = new SeriesBook(table, bands);
  const levels = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    const line = table.add();
    levels[line] = levelOf(random);
    arm(book, line, levels[line] ?? 0);
  }
  return { book, table, reached: new LineIds(), levels };
}

export function arm(book: SeriesBook, line: number, level: number): void {
  if (level < middle) book.armFalling(line, level);
  else book.armRising(line, level);
}

/** A level outside of the quiet prices. */
export function levelOf(random: () => number): number {
  const away = quiet + 1 + Math.floor(random() * (middle / 5));
  return random() < 0.5 ? middle - away : middle + away;
}

/** Of everything something: half stops and targets, half trailing, of those half absolute and half moved already. */
export function mixedBook(count: number, seed = 1): FilledBook {
  const random = seededRandom(seed);
  const filled = filledBook(Math.floor(count / 2), seed);
  const { book, table } = filled;
  for (let i = 0; i < Math.ceil(count / 2); i += 1) {
    const line = table.add();
    const isRelative = random() < 0.5;
    const isHighest = random() < 0.5;
    const offset = isRelative
      ? 10_000 + Math.floor(random() * 190_000)
      : 100_000 + Math.floor(random() * 1_900_000);
    const sign = isHighest ? 1 : -1;
    const start = sign * middle - quiet - 1;
    const stop = start - (isRelative ? Math.ceil((middle * offset) / 1_000_000) : offset);
    const best = random() < 0.5 ? { place, price: start + quiet + 1 } : undefined;
    const trailing = {
      offset,
      isRelative,
      stop,
      movesFrom: start + (best === undefined ? 2 * quiet : 0) + 1,
    };
    if (isHighest) book.armFromHighest(line, trailing, best);
    else book.armFromLowest(line, trailing, best);
  }
  return filled;
}

/** Prices that reach nothing. */
export function quietPrices(count: number, seed = 2): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from(
    { length: count },
    () => middle - quiet + 1 + Math.floor(random() * (2 * quiet - 1)),
  );
}
