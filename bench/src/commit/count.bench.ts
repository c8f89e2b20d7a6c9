import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { startCeiling } from '../processes/ceiling-process.ts';
import { type AnyBenchmark, benchmark } from '../runner/benchmark.ts';
import { commitPathOn, executeTogether, openStops } from './commit-path.ts';

export default [
  countBenchmark({ variant: 'alone', accounts: 100, exits: 100, atMost: 4 }),
  countBenchmark({ variant: 'burst', accounts: 1000, exits: 10_000, atMost: 1.5 }),
];

/** What else an operation costs, reads among it, is held by `tests/cost`. */
function countBenchmark(parts: {
  readonly variant: string;
  readonly accounts: number;
  readonly exits: number;
  readonly atMost: number;
}): AnyBenchmark {
  const { variant, accounts, exits, atMost } = parts;
  return benchmark({
    variant,
    question: `How many writes does an exit take, ${exits} at once of ${accounts} accounts, none of them read?`,
    unit: 'writes/exit',
    target: { value: { atMost } },
    samples: 5,
    timeLimitSeconds: 600,
    async setup() {
      const server = await startCeiling(join(import.meta.dirname, 'counting-firestore.js'));
      return { server, path: await commitPathOn(server.host) };
    },
    async subject({ server, path }) {
      const fired = await openStops(path, { accounts, exits });
      const before = await server.counts();
      await executeTogether(path, fired);
      const after = await server.counts();
      assert.equal(after['reads'], before['reads']);
      return ((after['writes'] ?? 0) - (before['writes'] ?? 0)) / exits;
    },
    async close({ server, path }) {
      await path.close();
      await server.close();
    },
  });
}
