import { decodeFrame } from '@bellwether/contracts';
import assert from 'node:assert/strict';
import { benchmark } from '../runner/benchmark.ts';
import { asJson, encoded, tradeFrames } from './frames.ts';

export default [1, 10, 100, 1_000].map((ticks) =>
  benchmark({
    ...(ticks === 100 ? {} : { variant: `${ticks}` }),
    question: `How many bytes does a tick take in a frame of ${ticks}, against JSON with decimal strings?`,
    unit: 'B/tick',
    target: ticks < 100 ? { ratio: { atMost: 1 } } : { value: { atMost: 14 } },
    setup: () => tradeFrames(100, ticks),
    check(frames) {
      encoded(frames).forEach((bytes, index) => assert.deepEqual(decodeFrame(bytes), frames[index]));
    },
    baseline: (frames) => mean(frames.map((frame) => asJson(frame).length)) / ticks,
    subject: (frames) => mean(encoded(frames).map(({ length }) => length)) / ticks,
  }),
);

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
