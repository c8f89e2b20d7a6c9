import { QuietBands } from '@bellwether/domain';
import assert from 'node:assert/strict';
import { benchmark } from '../runner/benchmark.ts';
import { seededRandom } from '../runner/random.ts';
import { nanosecondsEach } from '../runner/timing.ts';
import { type FilledBook, filledBook, place, quietPrices } from './lines.ts';

const ticks = 4_000_000;
const scanned = 4;

interface Idle {
  readonly books: readonly FilledBook[];
  readonly bands: QuietBands;
  /** Those of the books. */
  readonly bandOf: Uint32Array;
  /** Which book each tick is for. */
  readonly of: Uint16Array;
  readonly prices: Float64Array;
}

export default [
  benchmark({
    question: 'What does a tick cost that reaches none of a million levels, against two comparisons alone?',
    unit: 'ns/tick',
    target: { ratio: { atMost: 1.5 } },
    setup: () => idle(1),
    check: (fixture) => assert.equal(judge(fixture), 0),
    baseline: (fixture) => nanosecondsEach(ticks, () => compareOnly(fixture)),
    subject: (fixture) => nanosecondsEach(ticks, () => judge(fixture)),
  }),
  benchmark({
    variant: 'zipf',
    question: 'And where the million lies on a thousand symbols, ticks and levels by a Zipf law?',
    unit: 'ns/tick',
    target: { ratio: { atMost: 1.5 } },
    setup: () => idle(1_000),
    check: (fixture) => assert.equal(judge(fixture), 0),
    baseline: (fixture) => nanosecondsEach(ticks, () => compareOnly(fixture)),
    subject: (fixture) => nanosecondsEach(ticks, () => judge(fixture)),
  }),
  benchmark({
    variant: 'scan',
    question: 'How many times as many ticks as a scan of a million objects judges?',
    unit: 'ticks/s',
    target: { ratio: { atLeast: 1e6 } },
    setup: () => ({
      ...idle(1),
      objects: Array.from(filledBook(1_000_000).levels, (level, id) => ({
        id: `${id}`,
        level,
        isStop: level < 1e7,
      })),
    }),
    check: (fixture) => assert.equal(judge(fixture), 0),
    baseline: ({ objects, prices }) => {
      let fired = 0;
      const each = nanosecondsEach(scanned, () => {
        for (let i = 0; i < scanned; i += 1) {
          const price = prices[i] ?? 0;
          for (const { level, isStop } of objects) if (isStop ? price <= level : price >= level) fired += 1;
        }
      });
      assert.equal(fired, 0);
      return 1e9 / each;
    },
    subject: (fixture) => 1e9 / nanosecondsEach(ticks, () => judge(fixture)),
  }),
];

function idle(symbols: number): Idle {
  const weights = Array.from({ length: symbols }, (_, rank) => 1 / (rank + 1));
  const total = weights.reduce((a, b) => a + b, 0);
  const random = seededRandom(3);
  const ranks = Uint16Array.from({ length: 65_536 }, () => {
    let rest = random() * total;
    let rank = 0;
    while (rank < symbols - 1 && (rest -= weights[rank] ?? 0) > 0) rank += 1;
    return rank;
  });
  const bands = new QuietBands();
  const books = weights.map((weight, rank) =>
    filledBook(Math.ceil((1_000_000 * weight) / total), rank, bands),
  );
  return {
    books,
    bands,
    bandOf: Uint32Array.from(books, ({ book }) => book.band),
    of: Uint16Array.from({ length: ticks }, () => ranks[Math.floor(random() * ranks.length)] ?? 0),
    prices: quietPrices(ticks),
  };
}

/** As a shard judges the ticks of a frame: by their bands, and by their books what is not within. */
function judge({ books, bands, bandOf, of, prices }: Idle): number {
  let fired = 0;
  const next = (from: number): number => bands.firstOutside(prices, of, bandOf, from);
  for (let i = next(0); i < ticks; i = next(i + 1)) {
    const found = books[of[i] ?? 0];
    found?.book.evaluate(prices[i] ?? 0, place, found.reached);
    fired += 1;
  }
  return fired;
}

function compareOnly({ books, of, prices }: Idle): number {
  const above = Float64Array.from(books, ({ book }) => book.quietAbove);
  const below = Float64Array.from(books, ({ book }) => book.quietBelow);
  let fired = 0;
  const next = (from: number): number => firstOutside(prices, of, above, below, from);
  for (let i = next(0); i < ticks; i = next(i + 1)) fired += 1;
  return fired;
}

/** In the shape of which V8 makes the fastest code: a loop that counts takes twice as long. */
function firstOutside(
  prices: Float64Array,
  of: Uint16Array,
  above: Float64Array,
  below: Float64Array,
  from: number,
): number {
  for (let i = from; i < prices.length; i += 1) {
    const price = prices[i] ?? 0;
    const index = of[i] ?? 0;
    if (!(price > (above[index] ?? 0) && price < (below[index] ?? 0))) return i;
  }
  return prices.length;
}
