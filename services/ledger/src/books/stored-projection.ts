import { type AccountRef, type LedgerProjection, paths } from '@bellwether/contracts';
import { invariant } from '@bellwether/domain';
import { type BulkWrites, repositoriesOf } from '@bellwether/store';
import type { Firestore, Timestamp } from '@google-cloud/firestore';
import { type Bookings, emptyProjection } from './book-commits.ts';

/** A projection as it is stored; without `updateTime` it is not stored yet. */
export interface StoredProjection {
  readonly projection: LedgerProjection;
  readonly updateTime?: Timestamp;
}

export async function readProjection(firestore: Firestore, account: AccountRef): Promise<StoredProjection> {
  const found = await repositoriesOf(firestore).ledgerProjections.read(paths.ledgerProjection(account));
  if (found === undefined) return { projection: emptyProjection };
  return { projection: found.document, updateTime: found.updateTime };
}

/**
 * Writes bookings as one batch on top of the projection that they were made on.
 *
 * Nothing in it can apply twice or in part: entries and trades are created, and the projection has to be as it
 * was. Fails with ALREADY_EXISTS or FAILED_PRECONDITION when somebody else has booked meanwhile.
 */
export async function writeBookings(
  writes: BulkWrites,
  account: AccountRef,
  before: StoredProjection,
  { projection, entries, trades, sums, shadowTrades }: Bookings,
): Promise<StoredProjection> {
  const { tenant, uid } = account;
  const [written] = await writes.write({ tenant, uid, priority: 'background' }, (batch) => {
    const at = paths.ledgerProjection(account);
    if (before.updateTime === undefined) batch.create(at, projection);
    else batch.update(at, projection, before.updateTime);
    for (const entry of entries) batch.create(paths.ledgerEntry(tenant, entry.eventId), entry);
    for (const trade of trades) batch.create(paths.ledgerTrade(tenant, trade.eventId), trade);
    for (const each of sums) batch.create(paths.ledgerSum(tenant, each.eventId), each);
    for (const [positionId, change] of shadowTrades) {
      const trade = paths.shadowTrade(uid, positionId);
      // A position that is opened again has its document already.
      if (change.kind === 'create') batch.set(trade, change.document);
      else batch.update(trade, change.fields);
    }
  });
  invariant(written, 'a batch answered without a write time');
  return { projection, updateTime: written.writeTime };
}
