import type { AccountRef, Commit } from '@bellwether/contracts';
import type { Logger } from '@bellwether/observability';
import { readCommits } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import type { PulseBook } from './pulse-book.ts';
import { type StoredHoldings, readHoldings } from './stored-holdings.ts';

const entriesAtOnce = 100;

/** Keeps a book at the heads of the journals: by the commits that arrive, and by what it reads of those that did not. */
export class FollowAccounts {
  readonly #firestore: Firestore;
  readonly #book: PulseBook;
  readonly #take: (stored: StoredHoldings) => void;
  readonly #logger: Logger;
  /** Accounts that are being read: one after another. */
  readonly #lanes = new Map<string, Promise<void>>();

  /** @param take what was read of an account that the book does not know. */
  constructor(parts: {
    firestore: Firestore;
    book: PulseBook;
    take: (stored: StoredHoldings) => void;
    logger: Logger;
  }) {
    this.#firestore = parts.firestore;
    this.#book = parts.book;
    this.#take = parts.take;
    this.#logger = parts.logger;
  }

  /** Resolves when the book has followed the commit. Rejects when what is missing cannot be read: it may be offered again. */
  async follow(commit: Commit): Promise<void> {
    const { accountId } = commit;
    if (!this.#lanes.has(accountId)) {
      const applied = this.#book.apply(commit);
      if (applied === 'applied' || applied === 'old') return;
    }
    const before = this.#lanes.get(accountId) ?? Promise.resolve();
    const turn = before.then(async () => this.#catchUp(commit));
    const settled = turn.catch(() => undefined);
    this.#lanes.set(accountId, settled);
    try {
      await turn;
    } finally {
      if (this.#lanes.get(accountId) === settled) this.#lanes.delete(accountId);
    }
  }

  async #catchUp(commit: Commit): Promise<void> {
    const { tenant, uid, accountId } = commit;
    const ref: AccountRef = { tenant, uid, accountId };
    let applied = this.#book.apply(commit);
    if (applied === 'unknown') {
      const stored = await readHoldings(this.#firestore, ref);
      if (stored !== undefined) this.#take(stored);
      applied = this.#book.apply(commit);
    }
    while (applied === 'gap') {
      const from = (this.#book.account(accountId)?.version ?? 0) + 1;
      const found = await readCommits(
        this.#firestore,
        ref,
        from,
        Math.min(commit.seq, from + entriesAtOnce) - 1,
      );
      for (const { commit: missing } of found) this.#book.apply(missing);
      this.#logger.info(
        { account: accountId, fromSeq: from, found: found.length },
        'read a gap from the journal',
      );
      applied = this.#book.apply(commit);
      if (applied === 'gap' && found.length === 0)
        throw new Error(
          `the journal of ${accountId} has no entry ${from}, and entry ${commit.seq} was published`,
        );
    }
    if (applied === 'unknown')
      throw new Error(`${accountId} is not stored, and its entry ${commit.seq} was published`);
  }
}
