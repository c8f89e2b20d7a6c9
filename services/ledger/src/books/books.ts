import type { Commit } from '@bellwether/contracts';
import type { Logger } from '@bellwether/observability';
import type { BulkWrites } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { AccountBook } from './account-book.ts';
import { BookingCounts } from './booking-counts.ts';

/** How many accounts' projections stay in memory. */
const maxAccounts = 10_000;

/** The books of all accounts. */
export class Books {
  readonly #firestore: Firestore;
  readonly #writes: BulkWrites;
  readonly #logger: Logger;
  readonly counts = new BookingCounts();
  /** The account used last comes last. */
  readonly #accounts = new Map<string, AccountBook>();

  constructor(firestore: Firestore, writes: BulkWrites, logger: Logger) {
    this.#firestore = firestore;
    this.#writes = writes;
    this.#logger = logger;
  }

  /** Resolves when the commit is booked, now or before; a gap before it is filled from the journal. */
  async book(commit: Commit): Promise<void> {
    await this.#bookOf(commit).book(commit);
  }

  #bookOf({ tenant, uid, accountId }: Commit): AccountBook {
    const key = `${tenant}/${uid}/${accountId}`;
    const book =
      this.#accounts.get(key) ??
      new AccountBook({
        firestore: this.#firestore,
        writes: this.#writes,
        account: { tenant, uid, accountId },
        logger: this.#logger,
        counts: this.counts,
      });
    this.#accounts.delete(key);
    this.#accounts.set(key, book);
    if (this.#accounts.size > maxAccounts) this.#forgetOldest();
    return book;
  }

  #forgetOldest(): void {
    for (const [key, book] of this.#accounts) {
      if (!book.isIdle) continue;
      this.#accounts.delete(key);
      return;
    }
  }
}
