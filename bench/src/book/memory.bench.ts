import { ShardBook, armedKey } from '@bellwether/executor';
import { checkpoint } from '../cold/shard.ts';
import { benchmark } from '../runner/benchmark.ts';
import { type Exit, exitOf } from './exits.ts';
import { mixedBook } from './lines.ts';

const count = 1_000_000;

const shared = { unit: 'B/line', samples: 5, timeLimitSeconds: 240, setup: () => undefined } as const;

export default [
  benchmark({
    ...shared,
    question: 'How many bytes does one of a million mixed lines take, its key and terms apart?',
    target: { value: { atMost: 48 }, ratio: { atMost: 0.2 } },
    baseline: () =>
      bytesOf(() => {
        const objects = new Map<string, object>();
        for (let i = 0; i < count; i += 1)
          objects.set(`line-${i}`, {
            id: `line-${i}`,
            price: i / 2,
            direction: 'below',
            isArmed: true,
            offset: 0.5,
            best: 0.25,
          });
        return objects;
      }),
    subject: () =>
      bytesOf(() => {
        const { book, table } = mixedBook(count);
        return { book, table };
      }),
  }),
  benchmark({
    ...shared,
    variant: 'shard',
    question: 'And one of a million exits in the book of a shard, with everything that it knows of it?',
    target: { value: { atMost: 140 }, ratio: { atMost: 0.2 } },
    baseline: () =>
      bytesOf(() => {
        const exits = new Map<string, Exit>();
        for (let i = 0; i < count; i += 1) {
          const exit = exitOf(i, i);
          exits.set(armedKey(exit), exit);
        }
        return exits;
      }),
    subject: () =>
      bytesOf(() => {
        const book = new ShardBook(checkpoint);
        for (let i = 0; i < count; i += 1) book.note(exitOf(i, i));
        return book;
      }),
  }),
];

function bytesOf(build: () => object): number {
  const before = used();
  const built = build();
  const bytes = used() - before;
  // Held until here.
  if (Object.keys(built).length < 0) throw new Error('gone');
  return bytes / count;
}

function used(): number {
  gc?.();
  gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
