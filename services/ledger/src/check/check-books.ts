import {
  type AccountDocument,
  type AccountRef,
  type LedgerEntryDocument,
  type LedgerProjection,
  type LedgerTradeDocument,
  paths,
} from '@bellwether/contracts';
import type { CollectionReference, DocumentSnapshot, Firestore } from '@google-cloud/firestore';
import { type StoredBooks, compareBooks } from './compare-books.ts';

/** What the stored books of some accounts hold, and whether they agree. */
export interface BooksReport {
  readonly entries: number;
  readonly trades: number;
  /** True when there are no differences. */
  readonly balanced: boolean;
  /** One sentence each, with account and event id. */
  readonly differences: string[];
}

const atOnce = 8;
const pageSize = 300;

/**
 * Recomputes the books of accounts from their stored documents alone: postings sum to zero per entry and
 * currency, balances are the sums of the postings, each trade has its entry, the account's cash is the
 * ledger's, everything in the journal is booked, the counts are right.
 *
 * Reads every entry and trade of the accounts. An account that changes meanwhile may show differences.
 */
export async function checkBooks(
  firestore: Firestore,
  accounts: readonly AccountRef[],
): Promise<BooksReport> {
  const report = { entries: 0, trades: 0, differences: new Array<string>() };
  const waiting = accounts.values(); // shared: each worker takes the next
  const work = async (): Promise<void> => {
    for (const account of waiting) {
      const books = await readBooks(firestore, account);
      report.entries += books.entries.length;
      report.trades += books.trades.length;
      report.differences.push(...compareBooks(books));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { ...report, balanced: report.differences.length === 0 };
}

async function readBooks(firestore: Firestore, ref: AccountRef): Promise<StoredBooks> {
  const { tenant, accountId } = ref;
  const [[account, projection], entries, trades] = await Promise.all([
    firestore.getAll(firestore.doc(paths.account(ref)), firestore.doc(paths.ledgerProjection(ref))),
    documentsOf<LedgerEntryDocument>(firestore.doc(paths.ledgerEntry(tenant, accountId)).parent, accountId),
    documentsOf<LedgerTradeDocument>(firestore.doc(paths.ledgerTrade(tenant, accountId)).parent, accountId),
  ]);
  return {
    accountId,
    account: dataOf<AccountDocument>(account),
    projection: dataOf<LedgerProjection>(projection),
    entries,
    trades,
  };
}

/** All documents whose id is an event of the account: a range of ids, which needs no index. */
async function documentsOf<Document>(
  collection: CollectionReference,
  accountId: string,
): Promise<Document[]> {
  const found: Document[] = [];
  const ofAccount = collection.orderBy('__name__').endBefore(`${accountId};`).limit(pageSize);
  for (let page = await ofAccount.startAt(`${accountId}:`).get(); ;) {
    for (const document of page.docs) {
      const data = dataOf<Document>(document);
      if (data !== undefined) found.push(data);
    }
    const last = page.docs.at(-1);
    if (last === undefined || page.size < pageSize) return found;
    page = await ofAccount.startAfter(last.id).get();
  }
}

/** Only our own services write these documents. */
function dataOf<Document>(document: DocumentSnapshot | undefined): Document | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return document?.data() as Document | undefined;
}
