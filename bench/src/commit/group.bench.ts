import type { Fired } from '@bellwether/executor';
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { startCeiling } from '../processes/ceiling-process.ts';
import { type AnyBenchmark, benchmark } from '../runner/benchmark.ts';
import { inFlight } from '../runner/in-flight.ts';
import { perCoreSecond } from '../runner/timing.ts';
import { type CommitPath, commitPathOn, executeTogether, openStops } from './commit-path.ts';

const exits = 10_000;
/** So many are enough to know the cost of one commit each. */
const alone = 1000;

export default [
  groupBenchmark({ accounts: 100, atLeast: 25_000 }),
  groupBenchmark({ accounts: 1000, atLeast: 12_000 }),
];

function groupBenchmark({ accounts, atLeast }: { accounts: number; atLeast: number }): AnyBenchmark {
  return benchmark({
    variant: `${accounts}-accounts`,
    question: `How many exits a second of one core's time, 10,000 at once of ${accounts} accounts?`,
    unit: 'exits/s/core',
    target: { ratio: { atLeast: 10 }, value: { atLeast } },
    timeLimitSeconds: 600,
    samples: 5,
    async setup() {
      const server = await startCeiling(join(import.meta.dirname, 'counting-firestore.js'));
      return { server, path: await commitPathOn(server.host) };
    },
    async check({ server, path }) {
      const fired = await openStops(path, { accounts, exits });
      const before = await server.counts();
      const published = path.published();
      await executeTogether(path, fired);
      const after = await server.counts();
      const commits = accounts * Math.ceil(exits / accounts / 80);
      assert.equal(path.published() - published, commits);
      const spent = Object.fromEntries(
        Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]),
      );
      // Each exit its position; each commit its journal entry, the account and the outbox pointer.
      assert.deepEqual(spent, { commits, writes: exits + 3 * commits, deletes: 0, reads: 0 });
    },
    baseline: async ({ path }) =>
      perCoreSecondOf(path, accounts, alone, async (fired) => {
        await inFlight(64, alone, async (index) => {
          // In turn of each account, so that none waits for one of its own and joins its commit.
          const one = fired[(index % accounts) * (exits / accounts) + Math.floor(index / accounts)];
          if (one !== undefined) await executeTogether(path, [one]);
        });
      }),
    subject: async ({ path }) =>
      perCoreSecondOf(path, accounts, exits, async (fired) => executeTogether(path, fired)),
    async close({ server, path }) {
      await path.close();
      await server.close();
    },
  });
}

/**
 * Exits by processor time of this process alone, whichever thread spent it; of the same accounts with the same that is
 * open, however many of it exit.
 */
async function perCoreSecondOf(
  path: CommitPath,
  accounts: number,
  count: number,
  execute: (fired: readonly Fired[]) => Promise<void>,
): Promise<number> {
  const fired = await openStops(path, { accounts, exits });
  globalThis.gc?.();
  return perCoreSecond(count, async () => execute(fired));
}
