import {
  type AccountDocument,
  type AccountRef,
  type Commit,
  type CreditsBalanceDocument,
  type LedgerProjection,
  paths,
} from '@bellwether/contracts';
import {
  type IdRange,
  type ReadDocument,
  readAccount,
  readDocument,
  readOrder,
  readPages,
  readPosition,
  readRange,
  readSignal,
  readTrigger,
} from '@bellwether/store';
import type { Firestore, QuerySnapshot, Timestamp, Transaction } from '@google-cloud/firestore';
import { isDeepStrictEqual } from 'node:util';
import { ArchivedTrades } from '../archive/archived-trades.ts';
import { readArchives } from '../archive/read-archives.ts';
import { emptyProjection } from '../books/book-commits.ts';
import type { StoredState } from './compare-lists.ts';
import { JournalCheck } from './journal-check.ts';

/** A document of an account, read where it is wanted. */
export type StoredDocument = Pick<ReadDocument, 'id' | 'data' | 'holds'>;

/** Everything that is stored about one account, as of one moment. */
export interface StoredAccount {
  /** As of which moment. */
  readonly readTime: Timestamp;
  readonly account: AccountDocument | undefined;
  readonly journal: JournalCheck;
  readonly projection: LedgerProjection;
  /** When the projection was last written; without it there is none. */
  readonly projectionTime?: Timestamp;
  /** By their ids, ascending, as all that follow. */
  readonly entries: readonly StoredDocument[];
  /** Those in Firestore and those in archives, each once. */
  readonly trades: readonly StoredDocument[];
  readonly sums: readonly StoredDocument[];
  readonly creditTransactions: readonly StoredDocument[];
  readonly creditsBalance: CreditsBalanceDocument['accounts'][string] | undefined;
  /** Of all accounts of the user. */
  readonly states: readonly StoredState[];
  /** The ids of the user's accounts, sorted. */
  readonly accountIds: readonly string[];
  /** Paths of what is never to be changed, and was. */
  readonly changed: readonly string[];
}

/** What is told of each entry of the journal, in order, as long as nothing is wrong with it; with what was booked by then. */
export type Follow = (commit: Commit, booked: LedgerProjection) => void;

/**
 * Reads all as of one moment, so that services may go on meanwhile. Costs a read for every document of the account.
 *
 * @param archived reads what is archived; without it there must be no archives.
 * @param follow is given each entry of the journal: none is kept.
 */
export async function readStoredAccount(
  firestore: Firestore,
  ref: AccountRef,
  archived: ArchivedTrades = new ArchivedTrades(undefined),
  follow?: Follow,
): Promise<StoredAccount> {
  const accounts = await firestore.collection(paths.accounts(ref.uid)).get();
  const { readTime } = accounts;
  const read = async (transaction: Transaction): Promise<StoredAccount> =>
    new Reading(firestore, transaction, readTime, archived).of(ref, accounts, follow);
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

  async of(ref: AccountRef, accounts: QuerySnapshot, follow: Follow | undefined): Promise<StoredAccount> {
    const { tenant, uid, accountId } = ref;
    const firestore = this.#firestore;
    const projection = await this.#transaction.get(firestore.doc(paths.ledgerProjection(ref)));
    const booked = readDocument<LedgerProjection>(projection) ?? emptyProjection;
    const journal = new JournalCheck(ref, booked.watermark, (commit) => follow?.(commit, booked));
    const ofAccount = async (within: string): Promise<StoredDocument[]> => this.#ofAccount(within, accountId);
    // Side by side: while one waits for its next page, another's is taken in.
    const [, entries, trades, sums, creditTransactions, balances, ...states] = await Promise.all([
      this.#follow(journal, ref),
      ofAccount(paths.ledgerEntries(tenant)),
      this.#trades(ref),
      ofAccount(paths.ledgerSums(tenant)),
      ofAccount(paths.creditTransactions(uid)),
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
    for await (const page of this.#unchanged({ within: paths.journal(ref) }))
      for (const entry of page) journal.take(entry.id, entry.data());
  }

  async #trades({ tenant, accountId }: AccountRef): Promise<StoredDocument[]> {
    const live = await this.#ofAccount(paths.ledgerTrades(tenant), accountId);
    const archives = await readArchives(this.#firestore, tenant, async (query) =>
      this.#transaction.get(query),
    );
    if (archives.length === 0) return live;
    const trades = new Map(live.map((trade) => [trade.id, trade]));
    const documents = archives.map(({ document }) => document);
    for await (const trade of this.#archived.read(documents, { accountId }))
      trades.set(trade.eventId, archivedDocument(trade.eventId, trade));
    return [...trades.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  async #states(
    path: string,
    kind: StoredState['kind'],
    read: (
      document: ReadDocument,
    ) => { readonly accountId: string; readonly details: { readonly status: string } } | undefined,
  ): Promise<StoredState[]> {
    const found: StoredState[] = [];
    for await (const document of readRange(this.#firestore, { within: path }, this.#readTime)) {
      const state = read(document);
      if (state !== undefined)
        found.push({ kind, id: document.id, accountId: state.accountId, status: state.details.status });
    }
    return found;
  }

  /** All documents whose id is an event of the account: a range of ids, which needs no index. */
  async #ofAccount(within: string, accountId: string): Promise<StoredDocument[]> {
    const found: StoredDocument[] = [];
    const ofAccount = { within, from: `${accountId}:`, before: `${accountId};` };
    for await (const page of this.#unchanged(ofAccount)) found.push(...page);
    return found;
  }

  async *#unchanged(range: IdRange): AsyncGenerator<readonly ReadDocument[], void> {
    for await (const page of readPages(this.#firestore, range, this.#readTime)) {
      for (const document of page) if (!document.isAsCreated) this.#changed.push(document.path);
      yield page;
    }
  }
}

/** What an archive holds, as if it were stored as a document. */
export function archivedDocument(id: string, fields: object): StoredDocument {
  return { id, data: () => ({ ...fields }), holds: (expected) => isDeepStrictEqual(fields, expected) };
}

/** Documents as the shape in which our own services write them. */
export function documentsIn<Document>(stored: readonly StoredDocument[]): Document[] {
  return stored.flatMap((document) => readDocument<Document>(document) ?? []);
}
