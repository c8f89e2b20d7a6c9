import { benchmark } from '../runner/benchmark.ts';
import { seededRandom } from '../runner/random.ts';
import { growthExponent } from '../runner/statistics.ts';
import { nanosecondsEach } from '../runner/timing.ts';
import { type FilledBook, arm, filledBook, levelOf, place, quietPrices } from './lines.ts';

const sizes = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
const shared = { unit: 'exponent', timeLimitSeconds: 300, samples: 5 } as const;
const fill = (): FilledBook[] => sizes.map((size) => filledBook(size));

export default [
  benchmark({
    ...shared,
    variant: 'tick',
    question: 'How does the cost of a tick that reaches nothing grow from a thousand to ten million levels?',
    target: { value: { atMost: 0.02 } },
    setup: () => ({ books: fill(), prices: quietPrices(2_000_000) }),
    subject: ({ books, prices }) =>
      exponentOf(books, ({ book, reached }) =>
        nanosecondsEach(prices.length, () => {
          for (const price of prices) book.evaluate(price, place, reached);
        }),
      ),
  }),
  benchmark({
    ...shared,
    variant: 'insert',
    question: 'And the cost of arming one more?',
    target: { value: { atMost: 0.4 } },
    setup: () => ({ books: fill(), random: seededRandom(5) }),
    subject: ({ books, random }) =>
      exponentOf(books, ({ book, table }) => {
        const levels = Float64Array.from({ length: 1_000 }, () => levelOf(random));
        const lines: number[] = [];
        const each = nanosecondsEach(levels.length, () => {
          for (const level of levels) {
            const line = table.add();
            lines.push(line);
            arm(book, line, level);
          }
        });
        for (const line of lines) {
          book.disarm(line);
          table.release(line);
        }
        return each;
      }),
  }),
  benchmark({
    ...shared,
    variant: 'memory',
    question: 'And the memory of all of them?',
    target: { value: { atMost: 1.02 } },
    setup: fill,
    subject: (books) => exponentOf(books, ({ book, table }) => book.bytes + table.bytes),
  }),
];

function exponentOf(books: readonly FilledBook[], measure: (filled: FilledBook) => number): number {
  return growthExponent(books.map((filled, index) => [sizes[index] ?? 0, measure(filled)]));
}
