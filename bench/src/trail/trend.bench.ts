import { LineIds, LineTable, SeriesBook } from '@bellwether/domain';
import assert from 'node:assert/strict';
import { middle, place } from '../book/lines.ts';
import { benchmark } from '../runner/benchmark.ts';
import { seededRandom } from '../runner/random.ts';
import { nanosecondsEach } from '../runner/timing.ts';

const stops = 1_000_000;
const ticks = 2_000_000;
const scanned = 4;

interface Trail {
  readonly book: SeriesBook;
  readonly reached: LineIds;
  /** The best price so far, by all stops. */
  best: number;
}

export default [
  benchmark({
    question:
      'What does a tick cost that is a new high for a million trailing stops, against one within the band?',
    unit: 'ns/tick',
    target: { ratio: { atMost: 8 } },
    setup: trail,
    check: (fixture) => assert.equal(rise(fixture), ticks),
    baseline: (fixture) => nanosecondsEach(ticks, () => stay(fixture)),
    subject: (fixture) => nanosecondsEach(ticks, () => rise(fixture)),
  }),
  benchmark({
    variant: 'scan',
    question: 'How many times as many such ticks as a scan of a million objects judges?',
    unit: 'ticks/s',
    target: { ratio: { atLeast: 1e5 } },
    setup: () => ({
      ...trail(),
      objects: Array.from({ length: stops }, (_, id) => ({ id: `${id}`, best: middle, distance: 5_000_000 })),
    }),
    check: (fixture) => assert.equal(rise(fixture), ticks),
    baseline: ({ objects }) => {
      let fired = 0;
      const each = nanosecondsEach(scanned, () => {
        for (let i = 0; i < scanned; i += 1) {
          const price = middle + i;
          for (const stop of objects) {
            if (price > stop.best) stop.best = price;
            if (price <= stop.best - stop.distance) fired += 1;
          }
        }
      });
      assert.equal(fired, 0);
      return 1e9 / each;
    },
    subject: (fixture) => 1e9 / nanosecondsEach(ticks, () => rise(fixture)),
  }),
];

function trail(): Trail {
  const random = seededRandom(6);
  const table = new LineTable();
  const book = new SeriesBook(table);
  for (let i = 0; i < stops; i += 1) {
    const isRelative = i % 2 === 1;
    const offset = isRelative
      ? 300_000 + Math.floor(random() * 200_000)
      : 3_000_000 + Math.floor(random() * 2_000_000);
    const stop = middle - (isRelative ? Math.ceil((middle * offset) / 1_000_000) : offset);
    book.armFromHighest(table.add(), { offset, isRelative, stop, movesFrom: middle + 1 });
  }
  return { book, reached: new LineIds(), best: middle };
}

/** New highs, one after the other: how many of them moved something. */
function rise(fixture: Trail): number {
  const { book, reached } = fixture;
  let price = fixture.best;
  let moved = 0;
  for (let i = 0; i < ticks; i += 1) {
    price += 1;
    if (!book.isQuiet(price)) moved += 1;
    book.evaluate(price, place, reached);
  }
  fixture.best = price;
  assert.equal(reached.length, 0);
  return moved;
}

function stay({ book, reached, best }: Trail): void {
  for (let i = 0; i < ticks; i += 1) book.evaluate(best - (i & 1023), place, reached);
  assert.equal(reached.length, 0);
}
