import { type AccountRef, paths } from '@bellwether/contracts';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type AccountStore,
  BrokenJournalError,
  foldJournal,
  readCommits,
  timesOfWriting,
} from '../src/index.ts';
import { canonicalJson } from '../src/canonical-json.ts';
import { guardDocument } from '../src/documents/guard-document.ts';
import { accountStep, live } from './account-commands.arbitrary.ts';
import { commitTo, newAccount, opened, resumed, storeOn } from './store.builder.ts';

const collections = ['openPositions', 'tradeTriggers', 'orders'];

describe('folding a journal', () => {
  let cloud: TestCloud;
  /** Two processes that take turns. */
  let stores: readonly AccountStore[];
  beforeAll(async () => {
    cloud = await startTestCloud();
    stores = [storeOn(cloud), storeOn(cloud)];
  });
  afterAll(async () => cloud.close());

  /** Everything that is stored of the account's state, as text with sorted keys, by path. */
  async function storedState(account: AccountRef): Promise<Record<string, string>> {
    const head = await cloud.firestore.doc(paths.account(account)).get();
    const pages = await Promise.all(
      collections.map(async (name) => cloud.firestore.collection(`${paths.user(account.uid)}/${name}`).get()),
    );
    const found = [head, ...pages.flatMap(({ docs }) => docs)];
    return Object.fromEntries(found.map((each) => [each.ref.path, textOf(each.data())]));
  }

  it('gives what is stored, byte for byte, after any life of an account', async () => {
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(accountStep, { minLength: 12, maxLength: 40, size: 'max' }),
        async (steps) => {
          const account = newAccount();
          const taken = steps.map((step, i) => ({ step, by: i % 3 === 0 ? 1 : 0 }));
          await live(account, taken, stores);
          const journal = await readCommits(cloud.firestore, account, 1, 1_000);
          for (const { commit } of journal) for (const { type } of commit.events) reached.add(type);
          const folded = foldJournal(
            account,
            journal.map(({ commit }) => commit),
            2,
          );
          const texts = [...folded].map(([path, document]) => [path, canonicalJson(document)] as const);
          expect(Object.fromEntries(texts)).toEqual(await storedState(account));
          for (const [path, document] of folded) guardDocument(path, document);
          for (const { commit } of journal) guardDocument(paths.journalEntry(account, commit.seq), commit);
        },
      ),
      { numRuns: 12 },
    );
    // It went through most of what can happen to an account.
    expect(reached.size).toBeGreaterThan(8);
  });

  it('gives nothing for an account that does not exist', () => {
    expect(foldJournal(newAccount(), [], 2).size).toBe(0);
  });

  it('refuses a journal that lacks an entry, has another, or is of another account', async () => {
    const account = newAccount();
    const store = storeOn(cloud);
    for (const event of [opened(account), resumed, resumed]) await commitTo(store, account, [event]);
    const journal = await readCommits(cloud.firestore, account, 1, 3);
    const [first, second, third] = journal.map(({ commit }) => commit);
    const fold = (...commits: readonly (typeof first)[]) =>
      foldJournal(
        account,
        commits.flatMap((each) => each ?? []),
        2,
      );
    expect(fold(first, second, third).size).toBe(1);
    expect(() => fold(first, third)).toThrow(BrokenJournalError);
    expect(() => fold(second)).toThrow('entry 2');
    expect(() => fold(first, { ...second!, previousHash: 'another' })).toThrow('does not follow entry 1');
    expect(() => foldJournal(newAccount(), [first!], 2)).toThrow(BrokenJournalError);
  });
});

function textOf(document: object = {}): string {
  const fields = Object.entries(document);
  return canonicalJson(Object.fromEntries(fields.filter(([name]) => !timesOfWriting.includes(name))));
}
