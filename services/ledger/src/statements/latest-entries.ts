import {
  type AccountRef,
  type LedgerEntryDocument,
  type LedgerProjection,
  paths,
} from '@bellwether/contracts';
import { readDocument } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { latestOfAccount } from './latest-of-account.ts';

/** The last entries that are booked for an account, newest first. */
export async function latestEntries(
  firestore: Firestore,
  account: AccountRef,
  limit: number,
): Promise<LedgerEntryDocument[]> {
  const { tenant, accountId } = account;
  const projection = readDocument<LedgerProjection>(
    await firestore.doc(paths.ledgerProjection(account)).get(),
  );
  const version = projection?.watermark ?? 0;
  const found = await latestOfAccount<LedgerEntryDocument>(firestore, paths.ledgerEntries(tenant), {
    accountId,
    version,
    limit,
  });
  return found.toReversed();
}
