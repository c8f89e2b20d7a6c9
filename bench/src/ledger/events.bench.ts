import type { Commit } from '@bellwether/contracts';
import { Books } from '@bellwether/ledger';
import { createLogger } from '@bellwether/observability';
import { unpacedWrites } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { connectFirestore } from '../cloud/documents.ts';
import { startCeiling } from '../processes/ceiling-process.ts';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { makeScratchDirectory } from '../processes/scratch-directory.ts';
import { type AnyBenchmark, benchmark } from '../runner/benchmark.ts';
import { perCoreSecond, perSecond } from '../runner/timing.ts';
import { eventsOf, journalsOf } from './journals.ts';

const logger = createLogger({ service: 'bench', level: 'silent' });
const accounts = 64;
const eventsEach = 100;

/** Google's client in both; the baseline books each commit alone, as it came, the subject what had come meanwhile. */
export default [
  booksBenchmark({
    question:
      "How many events a second of one core's time does the ledger book in groups, where Firestore answers at once?",
    unit: 'events/s/core',
    rate: perCoreSecond,
    target: { ratio: { atLeast: 3 }, value: { atLeast: 10_000 } },
    async open() {
      const server = await startCeiling(join(import.meta.dirname, '../commit/counting-firestore.js'));
      const firestore = connectFirestore(server.host, 'bench');
      return {
        firestore,
        async close() {
          await firestore.terminate();
          await server.close();
        },
      };
    },
  }),
  booksBenchmark({
    variant: 'durable',
    question: 'And how many on a local cloud that has each batch on the disk before its answer?',
    unit: 'events/s',
    rate: perSecond,
    target: { ratio: { atLeast: 2 }, value: { atLeast: 3_000 } },
    async open() {
      const scratch = await makeScratchDirectory();
      const cloud = await startCloudProcess(['--data-dir', join(scratch.path, 'cloud')]);
      const firestore = connectFirestore(cloud.hosts.firestore, cloud.project);
      return {
        firestore,
        async close() {
          await firestore.terminate();
          await cloud.close();
          await scratch.remove();
        },
      };
    },
  }),
];

interface Opened {
  readonly firestore: Firestore;
  close(): Promise<void>;
}

function booksBenchmark({
  open,
  rate,
  ...names
}: {
  readonly variant?: string;
  readonly question: string;
  readonly unit: string;
  readonly rate: typeof perSecond;
  readonly target: AnyBenchmark['target'];
  readonly open: () => Promise<Opened>;
}): AnyBenchmark {
  return benchmark({
    ...names,
    timeLimitSeconds: 300,
    samples: 5,
    async setup() {
      const opened = await open();
      const books = new Books(opened.firestore, unpacedWrites(opened.firestore), logger);
      return { ...opened, books };
    },
    async check({ books }) {
      const { commits, events, batches } = books.counts;
      const journals = journalsOf({ accounts, events: eventsEach });
      await together(books, journals);
      const after = books.counts;
      assert.equal(after.commits - commits, journals.flat().length);
      assert.equal(after.events - events, eventsOf(journals));
      assert.ok(after.batches - batches < journals.flat().length / 10, 'what came meanwhile goes together');
    },
    baseline: async ({ books }) => booked(rate, async (journals) => inTurn(books, journals)),
    subject: async ({ books }) => booked(rate, async (journals) => together(books, journals)),
    close: async (opened) => opened.close(),
  });
}

async function booked(
  rate: typeof perSecond,
  book: (journals: ReturnType<typeof journalsOf>) => Promise<unknown>,
): Promise<number> {
  const journals = journalsOf({ accounts, events: eventsEach });
  return rate(eventsOf(journals), async () => book(journals));
}

/** All that has come, at once: an account books what waits for it in one go. */
async function together(books: Books, journals: readonly (readonly Commit[])[]): Promise<void> {
  await Promise.all(journals.flat().map(async (commit) => books.book(commit)));
}

/** All accounts side by side, and of each one commit after another. */
async function inTurn(books: Books, journals: readonly (readonly Commit[])[]): Promise<void> {
  await Promise.all(
    journals.map(async (commits) => {
      for (const commit of commits) await books.book(commit);
    }),
  );
}
