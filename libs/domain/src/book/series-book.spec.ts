import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LineIds } from './line-ids.ts';
import { LineTable } from './line-table.ts';
import { partOf } from './parts-per-million.ts';
import { SeriesBook } from './series-book.ts';
import { type SlowLine, SlowSeriesBook } from './series-book.oracle.ts';
import type { Trailing } from './trailing-side.ts';

type Step =
  | {
      readonly do: 'arm';
      readonly kind: SlowLine['kind'];
      readonly away: number;
      readonly offset: number;
      readonly isRelative: boolean;
    }
  | { readonly do: 'disarm' | 'silence' | 'look'; readonly which: number }
  | { readonly do: 'tick'; readonly move: number };

const kinds = [
  'falling',
  'falling',
  'rising',
  'fromHighest',
  'fromLowest',
  'time',
] as const satisfies SlowLine['kind'][];

/** Few prices, so that many lines meet at one, or many. */
const runArb = fc
  .constantFrom(
    { start: 1_000, spread: 40, offset: 30 },
    { start: 1_000_000_007, spread: 60_000, offset: 50_000 },
    { start: 4_400_000_000_000_000, spread: 900_000_000_000, offset: 400_000_000_000 },
  )
  .chain(({ start, spread, offset }) =>
    fc.record({
      start: fc.constant(start),
      steps: fc.array(
        fc.oneof(
          {
            weight: 12,
            arbitrary: fc.record({
              do: fc.constant('arm' as const),
              kind: fc.constantFrom(...kinds),
              away: fc.integer({ min: -spread, max: spread }),
              offset: fc.integer({ min: 1, max: offset }),
              isRelative: fc.boolean(),
            }),
          },
          {
            weight: 3,
            arbitrary: fc.record({
              do: fc.constantFrom('disarm' as const, 'silence' as const, 'look' as const),
              which: fc.nat(),
            }),
          },
          {
            weight: 1,
            arbitrary: fc.record({
              do: fc.constant('tick' as const),
              move: fc.oneof(
                fc.integer({ min: -Math.ceil(spread / 200), max: Math.ceil(spread / 200) }),
                fc.integer({ min: -Math.ceil(spread / 4), max: Math.ceil(spread / 4) }),
              ),
            }),
          },
        ),
        { minLength: 1, maxLength: 4_000, size: 'max' },
      ),
    }),
  );

describe('the book of a series', () => {
  it('reaches what looking at every line reaches, thousands of them, levels in order', () => {
    fc.assert(
      fc.property(runArb, ({ start, steps }) => {
        const table = new LineTable();
        const book = new SeriesBook(table);
        const slow = new SlowSeriesBook();
        const lines: number[] = [];
        const reached = new LineIds();
        let price: number = start;
        let ordinal = 0;
        for (const step of steps) {
          if (step.do === 'arm') {
            const line = table.add();
            lines.push(line);
            const watched = lineOf(step, price, ordinal);
            arm(book, line, watched);
            slow.arm(line, watched);
          } else if (step.do === 'tick') {
            price = Math.max(1, price + step.move);
            // Epochs are compared by their text.
            const epoch = `e${Math.floor(ordinal / 9)
              .toString()
              .padStart(4, '0')}`;
            const place = { epoch, ordinal, exchangeAt: ordinal };
            const isQuiet = book.isQuiet(price) && ordinal < book.quietUntil;
            reached.clear();
            book.evaluate(price, place, reached);
            const expected = slow.evaluate(price, place);
            const found = Array.from({ length: reached.length }, (_, index) => reached.at(index));
            const levels = found.slice(0, expected.levels.length);
            const others = found.slice(levels.length).toSorted((a, b) => a - b);
            expect({ levels, others }).toEqual(expected);
            if (isQuiet) expect(found).toEqual([]);
            ordinal += 1;
          } else {
            const index = step.which % Math.max(1, lines.length);
            const line = lines[index];
            if (line === undefined) continue;
            const best = book.bestOf(line);
            const expected = slow.bestOf(line);
            expect(best?.price).toBe(expected?.price);
            // Those that share a best price share the latest tick that set it for one of them.
            expect(best?.place.ordinal ?? 0).toBeGreaterThanOrEqual(expected?.place.ordinal ?? 0);
            if (step.do === 'silence') {
              book.silence(line);
              slow.silence(line);
            } else if (step.do === 'disarm') {
              book.disarm(line);
              slow.disarm(line);
              table.release(line);
              lines.splice(index, 1);
            }
          }
        }
        const followed = lines.flatMap((line) => slow.bestOf(line)?.price ?? []);
        const points = [...book.points('highest'), ...book.points('lowest')].map((point) => point.price);
        expect(new Set(points)).toEqual(new Set(followed));
        for (const line of lines) book.disarm(line);
        expect([book.quietAbove, book.quietBelow, book.quietUntil]).toEqual([-Infinity, Infinity, Infinity]);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });
});

function lineOf(
  { kind, away, offset, isRelative }: Extract<Step, { do: 'arm' }>,
  price: number,
  ordinal: number,
): SlowLine {
  const level = Math.max(1, price + away);
  switch (kind) {
    case 'falling':
      return { kind, price: Math.max(1, price - Math.abs(away)) };
    case 'rising':
      return { kind, price: price + Math.abs(away) };
    case 'time':
      return { kind, at: ordinal + (Math.abs(away) % 50) };
    case 'fromHighest':
    case 'fromLowest':
      return { kind, start: level, offset: isRelative ? 1 + (offset % 300_000) : offset, isRelative };
  }
}

function arm(book: SeriesBook, line: number, watched: SlowLine): void {
  switch (watched.kind) {
    case 'falling':
      book.armFalling(line, watched.price);
      break;
    case 'rising':
      book.armRising(line, watched.price);
      break;
    case 'time':
      book.armTime(line, watched.at);
      break;
    case 'fromHighest':
      book.armFromHighest(line, trailingOf(watched, 1));
      break;
    case 'fromLowest':
      book.armFromLowest(line, trailingOf(watched, -1));
      break;
  }
}

function trailingOf(
  { start, offset, isRelative }: Extract<SlowLine, { start: number }>,
  sign: 1 | -1,
): Trailing {
  const distance = isRelative ? partOf(start, offset) : offset;
  return { offset, isRelative, stop: sign * start - distance, movesFrom: sign * start + 1 };
}
