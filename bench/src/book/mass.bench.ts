import assert from 'node:assert/strict';
import { benchmark } from '../runner/benchmark.ts';
import { nanosecondsEach } from '../runner/timing.ts';
import { type FilledBook, arm, filledBook, middle, place } from './lines.ts';

/** Half of the levels are stops, spread over a fifth of the price: this deep lie 189 000 of a million. */
const gap = Math.floor(middle * 0.0756);

export default benchmark({
  question: 'What does each of the 189 000 stops cost that one gap fires at once, in order?',
  unit: 'ns/stop',
  target: { value: { atMost: 40 } },
  setup: () => filledBook(1_000_000),
  check(filled) {
    const { reached, levels, book } = filled;
    book.evaluate(middle - gap, place, reached);
    const fired = reached.length;
    assert.ok(fired > 180_000 && fired < 198_000, `${fired} fired`);
    for (let i = 1; i < fired; i += 1) {
      const a = reached.at(i - 1);
      const b = reached.at(i);
      const before = (levels[a] ?? 0) - (levels[b] ?? 0);
      assert.ok(before > 0 || (before === 0 && a < b), 'in the order (price falling, line rising)');
    }
    armAgain(filled);
  },
  baseline({ reached, levels }) {
    const count = Math.floor(levels.length * 0.189);
    const prices = new Float64Array(count);
    const lines = new Uint32Array(count);
    return nanosecondsEach(count, () => {
      for (let i = 0; i < count; i += 1) {
        prices[i] = levels[i] ?? 0;
        lines[i] = reached.at(i);
      }
    });
  },
  subject(filled) {
    const { book, reached } = filled;
    reached.clear();
    const start = process.hrtime.bigint();
    book.evaluate(middle - gap, place, reached);
    const each = Number(process.hrtime.bigint() - start) / reached.length;
    armAgain(filled);
    return each;
  },
});

function armAgain({ book, reached, levels }: FilledBook): void {
  for (let i = 0; i < reached.length; i += 1) arm(book, reached.at(i), levels[reached.at(i)] ?? 0);
}
