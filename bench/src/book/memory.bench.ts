import { benchmark } from '../runner/benchmark.ts';
import { mixedBook } from './lines.ts';

const count = 1_000_000;

export default benchmark({
  question: 'How many bytes does one of a million mixed lines take, its key and terms apart?',
  unit: 'B/line',
  target: { value: { atMost: 48 }, ratio: { atMost: 0.2 } },
  samples: 5,
  timeLimitSeconds: 240,
  setup: () => undefined,
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
});

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
