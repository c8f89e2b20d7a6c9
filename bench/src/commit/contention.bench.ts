import type { Fired } from '@bellwether/executor';
import { strict as assert } from 'node:assert';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { benchmark } from '../runner/benchmark.ts';
import { inFlight } from '../runner/in-flight.ts';
import { percentile } from '../runner/statistics.ts';
import { type CommitPath, commitPathOn, executeTogether, openStops } from './commit-path.ts';

const accounts = 50;
const exits = 500;
const width = 10;

export default benchmark({
  question:
    'Within how long are 99 of 100 exits committed when another process commits just before every fifth?',
  unit: 'ms',
  target: { value: { atMost: 500 } },
  latency: true,
  samples: 5,
  timeLimitSeconds: 300,
  async setup() {
    const cloud = await startCloudProcess();
    const { firestore } = cloud.hosts;
    return { cloud, ours: await commitPathOn(firestore), other: await commitPathOn(firestore) };
  },
  async check({ ours, other }) {
    const published = ours.published();
    await contended(ours, other);
    // Each account is opened in one commit, every exit is a commit of its own, and none is lost.
    assert.equal(ours.published() - published, accounts + exits);
  },
  subject: async ({ ours, other }) => percentile(await contended(ours, other), 0.99),
  async close({ cloud, ours, other }) {
    await ours.close();
    await other.close();
    await cloud.close();
  },
});

/** How long each exit took, milliseconds. */
async function contended(ours: CommitPath, other: CommitPath): Promise<number[]> {
  const fired = await openStops(ours, { accounts, exits });
  const taken: number[] = [];
  await inFlight(width, exits, async (index) => {
    const one = fired[(index % accounts) * (exits / accounts) + Math.floor(index / accounts)];
    if (one === undefined) return;
    if (index % 5 === 0) await interfere(other, one, index);
    const start = performance.now();
    await executeTogether(ours, [one]);
    taken.push(performance.now() - start);
  });
  return taken;
}

/** Moves the account's journal on, so that the image of the other process is outdated. */
async function interfere({ commits }: CommitPath, { subject }: Fired, index: number): Promise<void> {
  const by = { actor: 'bench', reason: 'contention' };
  for (let status = ''; status !== 'committed';)
    ({ status } = await commits.commit(subject.account, {
      cause: { kind: 'frame', shard: 0, epoch: 'other', number: index },
      traceparent: '',
      decide: () => ({ events: [{ type: 'FundsDeposited', currency: 'USDT', amount: '1', ...by }] }),
    }));
}
