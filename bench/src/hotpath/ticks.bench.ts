import { type Frame, FrameDecoder } from '@bellwether/contracts';
import { ShardBook } from '@bellwether/executor';
import assert from 'node:assert/strict';
import { exitOf } from '../book/exits.ts';
import { middle } from '../book/lines.ts';
import { asJson, encoded, tradeFrames } from '../codec/frames.ts';
import { ticksOfJson } from '../codec/json-ticks.ts';
import { benchmark } from '../runner/benchmark.ts';
import { seededRandom } from '../runner/random.ts';
import { growthExponent } from '../runner/statistics.ts';
import { perSecond } from '../runner/timing.ts';

const perFrame = 1_000;
const frames = 2_000;

interface Hot {
  readonly book: ShardBook;
  readonly bytes: readonly Uint8Array[];
  readonly json: readonly string[];
  readonly template: Frame;
}

const sizes = [1_000, 10_000, 100_000, 1_000_000];

export default [
  benchmark({
    question: 'How many ticks a second go from bytes to a decision on a million armed exits, on one core?',
    unit: 'ticks/s',
    target: { value: { atLeast: 25e6 }, ratio: { atLeast: 25 } },
    timeLimitSeconds: 240,
    setup: () => hot(1_000_000),
    check: (fixture) => assert.equal(run(fixture), 0),
    baseline: ({ book, json, template }) => {
      // What one side leaves behind is not collected at the other's cost.
      gc?.();
      return perSecond(json.length * perFrame, () => {
        for (const text of json) {
          const ticks = ticksOfJson(text);
          const exchangeAt = Float64Array.from(ticks, ({ at }) => at);
          const first = Float64Array.from(ticks, ({ price }) => price);
          book.evaluate({ ...template, exchangeAt, first });
        }
      });
    },
    subject: (fixture) => {
      gc?.();
      return perSecond(frames * perFrame, () => run(fixture));
    },
  }),
  benchmark({
    variant: 'growth',
    question: 'How does the cost of such a tick grow from a thousand to a million exits?',
    unit: 'exponent',
    target: { value: { atMost: 0.02 } },
    timeLimitSeconds: 240,
    samples: 5,
    setup: () => sizes.map(hot),
    subject: async (fixtures) => {
      const points: [number, number][] = [];
      for (const [index, fixture] of fixtures.entries()) {
        const rate = await perSecond(frames * perFrame, () => run(fixture));
        points.push([sizes[index] ?? 0, 1e9 / rate]);
      }
      return growthExponent(points);
    },
  }),
];

function hot(count: number): Hot {
  const made = tradeFrames(frames, perFrame);
  const [template] = made;
  if (template === undefined) throw new Error('no frames');
  return {
    book: shardBook(count),
    bytes: encoded(made),
    json: made.slice(0, 50).map(asJson),
    template,
  };
}

/** Long positions with a stop below the quiet prices. */
function shardBook(count: number): ShardBook {
  const random = seededRandom(10);
  const book = new ShardBook();
  for (let i = 0; i < count; i += 1) {
    const level = middle - 60 - Math.floor((random() * middle) / 5);
    book.note(exitOf(i, level));
  }
  assert.equal(book.size, count);
  return book;
}

/** All in the same memory, as the executor decodes them. */
const decoder = new FrameDecoder();

function run({ book, bytes }: Hot): number {
  let fired = 0;
  for (const each of bytes) fired += book.evaluate(decoder.decode(each)).length;
  return fired;
}
