import { FrameDecoder } from '@bellwether/contracts';
import assert from 'node:assert/strict';
import { benchmark } from '../runner/benchmark.ts';
import { perSecond } from '../runner/timing.ts';
import { asJson, encoded, tradeFrames } from './frames.ts';
import { ticksOfJson } from './json-ticks.ts';

const frames = 2_000;

export default [100, 1_000].map((ticks) =>
  benchmark({
    ...(ticks === 100 ? {} : { variant: `${ticks}` }),
    question: `How many ticks a second are decoded from frames of ${ticks}, against JSON with decimal strings?`,
    unit: 'ticks/s',
    target: { ratio: { atLeast: 25 } },
    setup() {
      const made = tradeFrames(frames, ticks);
      // In the same memory, as the executor decodes them.
      const decoder = new FrameDecoder();
      return { decoder, bytes: encoded(made), json: made.slice(0, frames / 20).map(asJson) };
    },
    check({ decoder, bytes, json }) {
      const [first] = bytes;
      const frame = first && decoder.decode(first);
      const parsed = ticksOfJson(json[0] ?? '[]');
      assert.deepEqual(
        parsed.map(({ price }) => price),
        Array.from(frame?.first ?? []),
      );
    },
    baseline: ({ json }) =>
      perSecond(json.length * ticks, () => {
        for (const text of json) ticksOfJson(text);
      }),
    subject: ({ decoder, bytes }) =>
      perSecond(frames * ticks, () => {
        for (const each of bytes) decoder.decode(each);
      }),
  }),
);
