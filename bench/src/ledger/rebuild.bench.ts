import { type AccountRef, Commit, paths } from '@bellwether/contracts';
import { Books, bookCommits, emptyProjection, rebuildLedger } from '@bellwether/ledger';
import { createLogger } from '@bellwether/observability';
import { type Firestore, type SealedCommit, connectFirestore, unpacedWrites } from '@bellwether/store';
import { strict as assert } from 'node:assert';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { benchmark } from '../runner/benchmark.ts';
import { inFlight } from '../runner/in-flight.ts';
import { perCoreSecond } from '../runner/timing.ts';
import { eventsOf, sealedJournals } from './journals.ts';

const logger = createLogger({ service: 'bench', level: 'silent' });
/** Of one user in a month: fifty positions a day, opened and stopped. */
const month = { accounts: 1, events: 7_500 };

export default [
  benchmark({
    question: "How many events a second does a rebuild book of one user's month, where its journal is read?",
    unit: 'events/s/core',
    target: { value: { atLeast: 50_000 } },
    setup: () => {
      const [sealed = []] = sealedJournals(month);
      return { sealed, journal: sealed.map(({ commit }) => commit) };
    },
    check({ journal }) {
      const { projection, entries } = bookCommits(emptyProjection, journal);
      assert.equal(projection.watermark, journal.length);
      assert.equal(projection.entries, entries.length);
    },
    // As it lies in documents: each entry is read in today's shape before it is booked.
    subject: async ({ sealed, journal }) =>
      perCoreSecond(eventsOf([journal]), () => bookCommits(emptyProjection, readEach(sealed))),
  }),
  benchmark({
    variant: 'compared',
    question: 'And with all that is read from a local cloud, checked and compared?',
    unit: 'events/s/core',
    target: { value: { atLeast: 10_000 } },
    samples: 5,
    timeLimitSeconds: 300,
    async setup() {
      const cloud = await startCloudProcess();
      const firestore = connectFirestore({
        FIRESTORE_EMULATOR_HOST: cloud.hosts.firestore,
        GOOGLE_CLOUD_PROJECT: cloud.project,
      });
      const [sealed = []] = sealedJournals(month);
      const journal = sealed.map(({ commit }) => commit);
      const [first] = journal;
      assert.ok(first);
      await writeJournal(firestore, sealed);
      const books = new Books(firestore, unpacedWrites(firestore), logger);
      const last = journal.at(-1);
      assert.ok(last);
      await books.book(last);
      const { tenant, uid, accountId } = first;
      const account: AccountRef = { tenant, uid, accountId };
      return { cloud, firestore, account, events: eventsOf([journal]), commits: journal.length };
    },
    async check({ firestore, account, commits }) {
      const { differences, entries } = await rebuildLedger(firestore, account, { write: false, logger });
      assert.deepEqual(differences, []);
      assert.equal(entries, commits);
    },
    subject: async ({ firestore, account, events }) =>
      perCoreSecond(events, async () => rebuildLedger(firestore, account, { write: false, logger })),
    async close({ cloud, firestore }) {
      await firestore.terminate();
      await cloud.close();
    },
  }),
];

function* readEach(journal: readonly SealedCommit[]): Generator<Commit, void> {
  for (const { document } of journal) yield Commit.parse(document);
}

async function writeJournal(firestore: Firestore, journal: readonly SealedCommit[]): Promise<void> {
  const size = 100;
  await inFlight(8, Math.ceil(journal.length / size), async (chunk) => {
    const batch = firestore.batch();
    for (const { commit, document } of journal.slice(chunk * size, (chunk + 1) * size))
      batch.create(firestore.doc(paths.journalEntry(commit, commit.seq)), document);
    await batch.commit();
  });
}
