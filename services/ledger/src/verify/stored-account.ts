import {
  type AccountDocument,
  type AccountRef,
  type CreditTransactionDocument,
  type CreditsBalanceDocument,
  type LedgerEntryDocument,
  type LedgerProjection,
  type LedgerSumsDocument,
  type LedgerTradeDocument,
  paths,
} from '@bellwether/contracts';
import {
  type IdRange,
  type ReadDocument,
  readAccount,
  readDocument,
  readOrder,
  readPosition,
  readRange,
  readSignal,
  readTrigger,
} from '@bellwether/store';
import type { Firestore, QuerySnapshot, Timestamp, Transaction } from '@google-cloud/firestore';
import { ArchivedTrades } from '../archive/archived-trades.ts';
import { readArchives } from '../archive/read-archives.ts';
import { emptyProjection } from '../books/book-commits.ts';
import type { StoredState } from './compare-lists.ts';
import { JournalCheck } from './journal-check.ts';

/** Everything that is stored about one account, as of one moment. */
export interface StoredAccount {
  /** As of which moment. */
  readonly readTime: Timestamp;
  readonly account: AccountDocument | undefined;
  readonly journal: JournalCheck;
  readonly projection: LedgerProjection;
  /** When the projection was last written; without it there is none. */
  readonly projectionTime?: Timestamp;
  readonly entries: readonly LedgerEntryDocument[];
  readonly trades: readonly LedgerTradeDocument[];
  readonly sums: readonly LedgerSumsDocument[];
  readonly creditTransactions: readonly CreditTransactionDocument[];
  readonly creditsBalance: CreditsBalanceDocument['accounts'][string] | undefined;
  /** Of all accounts of the user. */
  readonly states: readonly StoredState[];
  /** The ids of the user's accounts, sorted. */
  readonly accountIds: readonly string[];
  /** Paths of what is never to be changed, and was. */
  readonly changed: readonly string[];
}

/**
 * Reads all as of one moment, so that services may go on meanwhile. Costs a read for every document of the account.
 *
 * @param archived reads what is archived; without it there must be no archives.
 * @param keepsCommits whether the entries of the journal are wanted, too.
 */
export async function readStoredAccount(
  firestore: Firestore,
  ref: AccountRef,
  archived: ArchivedTrades = new ArchivedTrades(undefined),
  keepsCommits = false,
): Promise<StoredAccount> {
  const accounts = await firestore.collection(paths.accounts(ref.uid)).get();
  const { readTime } = accounts;
  const read = async (transaction: Transaction): Promise<StoredAccount> =>
    new Reading(firestore, transaction, readTime, archived).of(ref, accounts, keepsCommits);
  return firestore.runTransaction(read, { readOnly: true, readTime });
}

class Reading {
  readonly #firestore: Firestore;
  readonly #transaction: Transaction;
  readonly #readTime: Timestamp;
  readonly #archived: ArchivedTrades;
  readonly #changed: string[] = [];

  constructor(firestore: Firestore, transaction: Transaction, readTime: Timestamp, archived: ArchivedTrades) {
    this.#readTime = readTime;
    this.#archived = archived;
    this.#firestore = firestore;
    this.#transaction = transaction;
  }

  async of(ref: AccountRef, accounts: QuerySnapshot, keepsCommits: boolean): Promise<StoredAccount> {
    const { tenant, uid, accountId } = ref;
    const firestore = this.#firestore;
    const projection = await this.#transaction.get(firestore.doc(paths.ledgerProjection(ref)));
    const booked = readDocument<LedgerProjection>(projection) ?? emptyProjection;
    const journal = new JournalCheck(ref, booked.watermark, keepsCommits);
    const ofAccount = async <Document>(within: string): Promise<Document[]> =>
      this.#ofAccount<Document>(within, accountId);
    // Side by side: while one waits for its next page, another's is taken in.
    const [, entries, trades, sums, creditTransactions, balances, ...states] = await Promise.all([
      this.#follow(journal, ref),
      ofAccount<LedgerEntryDocument>(paths.ledgerEntries(tenant)),
      this.#trades(ref),
      ofAccount<LedgerSumsDocument>(paths.ledgerSums(tenant)),
      ofAccount<CreditTransactionDocument>(paths.creditTransactions(uid)),
      this.#transaction.get(firestore.doc(paths.creditsBalance(uid))),
      this.#states(paths.openPositions(uid), 'position', readPosition),
      this.#states(paths.tradeTriggers(uid), 'trigger', readTrigger),
      this.#states(paths.orders(uid), 'order', readOrder),
      this.#states(paths.signals(uid), 'signal', readSignal),
    ]);
    return {
      readTime: this.#readTime,
      account: readAccount(accounts.docs.find(({ id }) => id === accountId)),
      journal,
      projection: booked,
      ...(projection.updateTime === undefined ? {} : { projectionTime: projection.updateTime }),
      entries,
      trades,
      sums,
      creditTransactions,
      creditsBalance: readDocument<CreditsBalanceDocument>(balances)?.accounts[accountId],
      states: states.flat(),
      accountIds: accounts.docs.map(({ id }) => id).toSorted(),
      changed: this.#changed.toSorted(),
    };
  }

  async #follow(journal: JournalCheck, ref: AccountRef): Promise<void> {
    for await (const entry of this.#unchanged({ within: paths.journal(ref) }))
      journal.take(entry.id, entry.data());
  }

  /** Those in Firestore and those in archives, each once, in the order of their ids. */
  async #trades({ tenant, accountId }: AccountRef): Promise<LedgerTradeDocument[]> {
    const live = await this.#ofAccount<LedgerTradeDocument>(paths.ledgerTrades(tenant), accountId);
    const archives = await readArchives(this.#firestore, tenant, async (query) =>
      this.#transaction.get(query),
    );
    const trades = new Map(live.map((trade) => [trade.eventId, trade]));
    const documents = archives.map(({ document }) => document);
    for await (const trade of this.#archived.read(documents, { accountId })) trades.set(trade.eventId, trade);
    return [...trades.values()].toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1));
  }

  async #states(
    path: string,
    kind: StoredState['kind'],
    read: (
      document: ReadDocument,
    ) => { readonly accountId: string; readonly details: { readonly status: string } } | undefined,
  ): Promise<StoredState[]> {
    const found: StoredState[] = [];
    for await (const document of this.#range({ within: path })) {
      const state = read(document);
      if (state !== undefined)
        found.push({ kind, id: document.id, accountId: state.accountId, status: state.details.status });
    }
    return found;
  }

  /** All documents whose id is an event of the account: a range of ids, which needs no index. */
  async #ofAccount<Document>(within: string, accountId: string): Promise<Document[]> {
    const found: Document[] = [];
    const ofAccount = { within, from: `${accountId}:`, before: `${accountId};` };
    for await (const document of this.#unchanged(ofAccount)) {
      const data = readDocument<Document>(document);
      if (data !== undefined) found.push(data);
    }
    return found;
  }

  async *#unchanged(range: IdRange): AsyncGenerator<ReadDocument, void> {
    for await (const document of this.#range(range)) {
      if (!document.createTime.isEqual(document.updateTime)) this.#changed.push(document.path);
      yield document;
    }
  }

  #range(range: IdRange): AsyncGenerator<ReadDocument, void> {
    return readRange(this.#firestore, range, this.#readTime);
  }
}
