import assert from 'node:assert/strict';
import { benchmark } from '../runner/benchmark.ts';
import { nanosecondsEach } from '../runner/timing.ts';
import { type FilledBook, arm, filledBook, middle, place, quietPrices } from './lines.ts';

const ticks = 2_000_000;
const every = 1_000;

export default benchmark({
  question:
    'What does a tick cost when one in a thousand fires one of a million levels, which is armed again?',
  unit: 'ns/tick',
  target: { ratio: { atMost: 2 } },
  setup() {
    const filled = filledBook(1_000_000);
    const line = filled.table.add();
    arm(filled.book, line, middle - 40);
    return { filled, line, prices: quietPrices(ticks).map((price) => Math.max(price, middle - 30)) };
  },
  check: (fixture) => assert.equal(run(fixture, true), ticks / every),
  baseline: (fixture) => nanosecondsEach(ticks, () => run(fixture, false)),
  subject: (fixture) => nanosecondsEach(ticks, () => run(fixture, true)),
});

function run(
  { filled, line, prices }: { filled: FilledBook; line: number; prices: Float64Array },
  fires: boolean,
): number {
  const { book, reached } = filled;
  let fired = 0;
  for (let i = 0; i < ticks; i += 1) {
    const price = fires && i % every === 0 ? middle - 40 : (prices[i] ?? 0);
    if (book.isQuiet(price)) continue;
    reached.clear();
    book.evaluate(price, place, reached);
    fired += reached.length;
    arm(book, line, middle - 40);
  }
  return fired;
}
