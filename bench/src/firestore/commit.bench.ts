import type { Firestore } from '@google-cloud/firestore';
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { connectFirestore } from '../cloud/documents.ts';
import { startCeiling } from '../processes/ceiling-process.ts';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { makeScratchDirectory } from '../processes/scratch-directory.ts';
import { benchmark } from '../runner/benchmark.ts';
import type { AnyBenchmark } from '../runner/benchmark.ts';
import { inFlight } from '../runner/in-flight.ts';
import { perSecond } from '../runner/timing.ts';

const commits = 4000;
const width = 100;

export default [
  commitBenchmark({
    question: 'How near do three-write commits come to a server that answers at once?',
    durable: false,
  }),
  commitBenchmark({
    variant: 'durable',
    question: 'And when each is on the disk before the answer?',
    durable: true,
  }),
];

function commitBenchmark({
  durable,
  ...names
}: {
  readonly variant?: string;
  readonly question: string;
  readonly durable: boolean;
}): AnyBenchmark {
  return benchmark({
    ...names,
    unit: 'commits/s',
    target: { ratio: { atLeast: 0.7 } },
    async setup() {
      const scratch = await makeScratchDirectory();
      const cloud = await startCloudProcess(durable ? ['--data-dir', join(scratch.path, 'cloud')] : []);
      const ceiling = await startCeiling(join(import.meta.dirname, 'answer-at-once.js'));
      return {
        scratch,
        cloud,
        ceiling,
        subject: connectFirestore(cloud.hosts.firestore, cloud.project),
        baseline: connectFirestore(ceiling.host, cloud.project),
      };
    },
    async check({ subject }) {
      await inFlight(width, 200, (index) => commitThree(subject, 'checked', index));
      const { count } = (await subject.collectionGroup('checked').count().get()).data();
      assert.equal(count, 600);
    },
    baseline: ({ baseline }) => commitsPerSecond(baseline),
    subject: ({ subject }) => commitsPerSecond(subject),
    async close({ scratch, cloud, ceiling, subject, baseline }) {
      await Promise.all([subject.terminate(), baseline.terminate()]);
      await Promise.all([cloud.close(), ceiling.close()]);
      await scratch.remove();
    },
  });
}

/** Of 500 accounts, whose documents are written again and again. */
function commitsPerSecond(firestore: Firestore): Promise<number> {
  return perSecond(commits, () =>
    inFlight(width, commits, (index) => commitThree(firestore, 'entries', index % 500)),
  );
}

function commitThree(firestore: Firestore, collection: string, index: number): Promise<unknown> {
  const entries = firestore.collection(`accounts/${index}/${collection}`);
  const state = { seq: index, symbol: 'BTC-USD', status: 'open', quantity: '1.50000000', price: '64250.25' };
  return firestore
    .batch()
    .set(entries.doc('journal'), { ...state, cause: 'tick', events: ['StopTriggered', 'OrderFilled'] })
    .set(entries.doc('position'), state)
    .set(entries.doc('outbox'), { seq: index })
    .commit();
}
