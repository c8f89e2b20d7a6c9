import type { AccountRef } from '@bellwether/contracts';
import { listAccounts } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import type { Difference } from './difference.ts';
import { type VerifiedAccount, verifyAccount } from './verify-account.ts';

export interface VerifyOptions {
  /** Without it every account that is stored. */
  readonly accounts?: readonly AccountRef[];
  /** How long the ledger may take to book what is committed, milliseconds; 0 where nothing runs. */
  readonly patienceMs?: number;
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
  /** By account, sorted by its id as far as they were not given. */
  readonly differences: readonly Difference[];
}

const atOnce = 8;

/**
 * Whether everything adds up: see `verifyAccount`. Reads every document of every account and changes none; services
 * may go on meanwhile.
 */
export async function verify(firestore: Firestore, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { accounts = await listAccounts(firestore), patienceMs = 0, onAccount, signal } = options;
  const verified = new Map<AccountRef, VerifiedAccount>();
  const waiting = accounts.values(); // shared: each worker takes the next
  const work = async (): Promise<void> => {
    for (const account of waiting) {
      signal?.throwIfAborted();
      const found = await verifyAccount(firestore, account, patienceMs);
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
    differences: all.flatMap(({ differences }) => differences),
  };
}
