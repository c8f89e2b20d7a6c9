import { strict as assert } from 'node:assert';
import { type AnyBenchmark, benchmark } from '../runner/benchmark.ts';
import { naiveDay, ourDay } from './day.ts';
import { type MeteredDesigns, startDesigns } from './metered-designs.ts';
import { type Usage, dollars } from './prices.ts';

export default [
  modelBenchmark({
    variant: 'dollars',
    question:
      'What does a day of 100,000 users cost at list prices, against a query for each tick and P&L that is stored?',
    unit: 'USD/day',
    target: { ratio: { atMost: 0.1 } },
    of: dollars,
  }),
  modelBenchmark({
    variant: 'writes',
    question: 'And how many writes of Firestore is it?',
    unit: 'writes/day',
    target: { ratio: { atMost: 1 / 200 } },
    of: ({ writes }) => writes,
  }),
];

/** Both designs run on one metered cloud through Google's clients; a day is what was measured, times what happens in it. */
function modelBenchmark({
  of,
  ...names
}: {
  readonly variant: string;
  readonly question: string;
  readonly unit: string;
  readonly target: AnyBenchmark['target'];
  readonly of: (usage: Usage) => number;
}): AnyBenchmark {
  return benchmark({
    ...names,
    samples: 5,
    timeLimitSeconds: 300,
    setup: startDesigns,
    async check(designs) {
      const { positionOfTick, position } = await designs.naive();
      assert.deepEqual(positionOfTick, { reads: 1, writes: 0, deletes: 0, pubsubBytes: 0 });
      assert.deepEqual(position, { reads: 0, writes: 1, deletes: 0, pubsubBytes: 0 });
      const { tick, checkpoint, exit } = await designs.ours();
      // Nothing, but for a report of write rates now and then, which comes with time.
      assert.ok(tick.reads + tick.writes + tick.deletes < 0.001, 'a tick reads and writes something');
      assert.deepEqual(checkpoint, { reads: 0, writes: 1, deletes: 0, pubsubBytes: 0 });
      // Its commit, its booking, its delivery; tests/cost holds each of them.
      assert.ok(exit.writes <= 12, `${exit.writes} writes for an exit`);
    },
    baseline: async (designs: MeteredDesigns) => of(naiveDay(await designs.naive())),
    subject: async (designs: MeteredDesigns) => of(ourDay(await designs.ours())),
    close: async (designs) => designs.close(),
  });
}
