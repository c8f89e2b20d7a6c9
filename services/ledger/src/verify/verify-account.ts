import {
  type AccountRef,
  type CreditTransactionDocument,
  type LedgerEntryDocument,
  type LedgerProjection,
  type LedgerSumsDocument,
  type LedgerTradeDocument,
  paths,
} from '@bellwether/contracts';
import { compare, decimal } from '@bellwether/domain';
import { readDocument } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArchivedTrades } from '../archive/archived-trades.ts';
import type { Balances } from '../statements/sum-of-balances.ts';
import { type StoredBooks, compareBooks, postedBalances } from './compare-books.ts';
import { compareCredits } from './compare-credits.ts';
import { compareLists } from './compare-lists.ts';
import { type Difference, differenceOf } from './difference.ts';
import { type StoredAccount, documentsIn, readStoredAccount } from './stored-account.ts';

export interface VerifiedAccount {
  readonly account: AccountRef;
  /** Entries of its journal. */
  readonly commits: number;
  /** Ledger entries and trades. */
  readonly entries: number;
  readonly trades: number;
  /** The sums of its postings. */
  readonly balances: Balances;
  readonly differences: readonly Difference[];
}

const lookAgainMs = 250;

/**
 * Recomputes from stored documents alone, as of one moment, whether an account adds up: its journal is gapless and
 * chained, what it lists is what is open and nothing else is, postings sum to zero and to the balances, cash is the
 * ledger's, each trade has its entry, and everything is booked.
 *
 * @param patienceMs how long the ledger may take to book what the journal held at that moment.
 */
export async function verifyAccount(
  firestore: Firestore,
  account: AccountRef,
  patienceMs: number,
  archived?: ArchivedTrades,
): Promise<VerifiedAccount> {
  const stored = await readStoredAccount(firestore, account, archived);
  const told = (about: Difference['about'], what: readonly string[]): Difference[] =>
    what.map((each) => differenceOf(account, about, each));
  const { journal } = stored;
  const entries = documentsIn<LedgerEntryDocument>(stored.entries);
  const trades = documentsIn<LedgerTradeDocument>(stored.trades);
  const sums = documentsIn<LedgerSumsDocument>(stored.sums);
  return {
    account,
    commits: journal.head.seq,
    entries: entries.length,
    trades: trades.length,
    balances: postedBalances(entries),
    differences: [
      ...told('journal', [...journal.differences, ...changedIn(stored, '/journal/')]),
      ...told('state', wrongState(account, stored)),
      ...told('state', wrongCredits(stored)),
      ...told('books', wrongBooks(stored, { entries, trades, sums })),
      ...told('booking', await unbooked(firestore, account, stored, patienceMs)),
    ],
  };
}

function wrongState({ accountId }: AccountRef, stored: StoredAccount): string[] {
  const { account, journal, states, accountIds } = stored;
  const { seq, hash } = journal.head;
  // What belongs to no account of the user is told with the first one.
  const strays = states.filter((each) => accountIds[0] === accountId && !accountIds.includes(each.accountId));
  const lists = [
    ...compareLists(accountId, account, states),
    ...strays.map((each) => `${each.kind} ${each.id} is of account ${each.accountId}, which is not stored`),
  ];
  if (account === undefined) return seq === 0 ? lists : ['the account is not stored', ...lists];
  const folded = journal.account?.cash;
  return [
    ...(account.version === seq ? [] : [`the account is at entry ${account.version} of ${seq}`]),
    ...(account.headHash === hash ? [] : ['the account names another hash than that of the last entry']),
    ...(folded === undefined
      ? []
      : differing(account.cash, folded).map(
          (currency) =>
            `the account holds ${account.cash[currency] ?? '0'} ${currency}, by the journal ${folded[currency] ?? '0'}`,
        )),
    ...lists,
  ];
}

function wrongCredits(stored: StoredAccount): string[] {
  const { account, journal, creditsBalance: balance } = stored;
  const transactions = documentsIn<CreditTransactionDocument>(stored.creditTransactions);
  const { account: folded, creditTransactions: expected } = journal;
  return [
    ...compareCredits({ account, balance, transactions, folded: folded?.credits, expected }),
    ...changedIn(stored, '/credit_transactions/'),
  ];
}

function wrongBooks(
  stored: StoredAccount,
  books: Pick<StoredBooks, 'entries' | 'trades' | 'sums'>,
): string[] {
  const { account, journal, projection } = stored;
  const { watermark } = projection;
  const { cash, credits } = journal.booked ?? account ?? { cash: {} };
  const isAhead = watermark > journal.head.seq;
  return [
    ...(isAhead ? [`booked is up to entry ${watermark}, the journal ends at ${journal.head.seq}`] : []),
    ...compareBooks({ cash, credits, projection, ...books }),
    ...changedIn(stored, '/ledger_entries/'),
    ...changedIn(stored, '/ledger_trades/'),
  ];
}

function changedIn({ changed }: StoredAccount, part: string): string[] {
  return changed.filter((path) => path.includes(part)).map((path) => `${path} was changed`);
}

/** Asks until what the journal held is booked, or patience is over. */
async function unbooked(
  firestore: Firestore,
  account: AccountRef,
  { journal, projection }: StoredAccount,
  patienceMs: number,
): Promise<string[]> {
  const { seq } = journal.head;
  let { watermark } = projection;
  for (let waited = 0; watermark < seq && waited < patienceMs; waited += lookAgainMs) {
    await sleep(lookAgainMs);
    const document = await firestore.doc(paths.ledgerProjection(account)).get();
    watermark = readDocument<LedgerProjection>(document)?.watermark ?? 0;
  }
  return watermark >= seq ? [] : [`booked is up to entry ${watermark} of ${seq}`];
}

/** The currencies in which two sets of amounts differ; what is missing is zero. */
function differing(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (currency) => compare(decimal(a[currency] ?? '0'), decimal(b[currency] ?? '0')) !== 0,
  );
}
