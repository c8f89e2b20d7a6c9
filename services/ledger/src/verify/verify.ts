import type { AccountRef } from '@bellwether/contracts';
import { listAccounts } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import type { Difference } from './difference.ts';
import type { ArchivedTrades } from '../archive/archived-trades.ts';
import { type Balances, imbalanceOf, sumOfBalances } from '../statements/sum-of-balances.ts';
import { type VerifiedAccount, verifyAccount } from './verify-account.ts';

export interface VerifyOptions {
  /** Without it every account that is stored. */
  readonly accounts?: readonly AccountRef[];
  /** How long the ledger may take to book what is committed, milliseconds; 0 where nothing runs. */
  readonly patienceMs?: number;
  /** Reads trades that are archived; without it there must be no archives. */
  readonly archived?: ArchivedTrades;
  /** Stops it between two accounts. */
  readonly signal?: AbortSignal;
  /** Told of each account when it is verified. @param total how many there are. */
  readonly onAccount?: (verified: VerifiedAccount, total: number) => void;
}

/** What is stored, in numbers, and where it does not agree. */
export interface VerifyReport {
  readonly accounts: number;
  readonly commits: number;
  readonly entries: number;
  readonly trades: number;
  /** Of each tenant whose accounts were verified, by name, and of all of them: sums over the accounts' postings. */
  readonly tenants: readonly (Sums & { readonly tenant: string })[];
  readonly house: Sums;
  /** By account, sorted by its id as far as they were not given. */
  readonly differences: readonly Difference[];
}

/** What several accounts come to. */
export interface Sums {
  readonly accounts: number;
  readonly balances: Balances;
  /** What the balances sum to by currency: nothing where everything adds up. */
  readonly imbalance: Balances;
}

const atOnce = 8;

/**
 * Whether everything adds up: see `verifyAccount`. Reads every document of every account and changes none; services
 * may go on meanwhile.
 */
export async function verify(firestore: Firestore, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { accounts = await listAccounts(firestore), patienceMs = 0, archived, onAccount, signal } = options;
  const verified = new Map<AccountRef, VerifiedAccount>();
  const waiting = accounts.values(); // shared: each worker takes the next
  const work = async (): Promise<void> => {
    for (const account of waiting) {
      signal?.throwIfAborted();
      const found = await verifyAccount(firestore, account, patienceMs, archived).catch((error: unknown) => {
        throw new Error(`account ${account.accountId} cannot be verified`, { cause: error });
      });
      verified.set(account, found);
      onAccount?.(found, accounts.length);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const all = accounts.flatMap((account) => verified.get(account) ?? []);
  return {
    accounts: all.length,
    commits: all.reduce((sum, { commits }) => sum + commits, 0),
    entries: all.reduce((sum, { entries }) => sum + entries, 0),
    trades: all.reduce((sum, { trades }) => sum + trades, 0),
    tenants: [...Map.groupBy(all, ({ account }) => account.tenant)]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([tenant, own]) => ({ tenant, ...sumsOf(own) })),
    house: sumsOf(all),
    differences: all.flatMap(({ differences }) => differences),
  };
}

function sumsOf(accounts: readonly VerifiedAccount[]): Sums {
  const balances = sumOfBalances(accounts.map((account) => account.balances));
  return { accounts: accounts.length, balances, imbalance: imbalanceOf(balances) };
}
