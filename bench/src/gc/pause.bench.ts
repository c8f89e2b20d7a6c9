import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { arm, filledBook, levelOf } from '../book/lines.ts';
import { benchmark } from '../runner/benchmark.ts';
import { seededRandom } from '../runner/random.ts';

const amends = 250_000;
const perTurn = 500;
/** Milliseconds below which a pause is not told from none. */
const shortest = 0.01;

interface Stop {
  readonly id: string;
  readonly price: number;
  readonly direction: 'below' | 'above';
  readonly owner: { readonly account: string };
}

export default benchmark({
  question:
    'How long does the garbage collector hold a process that amends a quarter of a million of a million lines?',
  unit: 'ms',
  target: { value: { atMost: 10 }, ratio: { atMost: 0.15 } },
  samples: 5,
  timeLimitSeconds: 240,
  setup: () => {
    const objects = new Map<string, Stop>();
    for (let i = 0; i < 1_000_000; i += 1) objects.set(`line-${i}`, stopOf(`line-${i}`, i));
    return { objects, filled: filledBook(1_000_000), random: seededRandom(7) };
  },
  baseline: ({ objects, random }) =>
    longestPause(() => {
      const id = `line-${Math.floor(random() * 1_000_000)}`;
      objects.delete(id);
      objects.set(id, stopOf(id, levelOf(random)));
    }),
  subject: ({ filled: { book, levels }, random }) =>
    longestPause(() => {
      const line = Math.floor(random() * levels.length);
      book.disarm(line);
      arm(book, line, (levels[line] = levelOf(random)));
    }),
});

function stopOf(id: string, price: number): Stop {
  return { id, price: price + 0.5, direction: 'below', owner: { account: `u${price}.main` } };
}

/** The longest single pause while `amend` is done again and again, with turns of the event loop between. */
async function longestPause(amend: () => void): Promise<number> {
  gc?.();
  let longest = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  });
  observer.observe({ entryTypes: ['gc'] });
  await setImmediate();
  longest = 0;
  for (let done = 0; done < amends; done += perTurn) {
    for (let i = 0; i < perTurn; i += 1) amend();
    await setImmediate();
  }
  await setImmediate();
  observer.disconnect();
  // There may have been none at all.
  return Math.max(longest, shortest);
}
