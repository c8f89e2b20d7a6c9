import { type AccountRef, type Commit, partsOfEventId, paths } from '@bellwether/contracts';
import type { Logger } from '@bellwether/observability';
import {
  BrokenJournalError,
  type RebuiltAccount,
  type StateDifference,
  isAlreadyExists,
  isFailedPrecondition,
  readList,
  unpacedWrites,
} from '@bellwether/store';
import type { Firestore, Timestamp } from '@google-cloud/firestore';
import { ArchivedTrades } from '../archive/archived-trades.ts';
import { readArchives } from '../archive/read-archives.ts';
import { type Bookings, BookingRun, emptyProjection } from '../books/book-commits.ts';
import { Books } from '../books/books.ts';
import {
  type StoredAccount,
  type StoredDocument,
  archivedDocument,
  readStoredAccount,
} from '../verify/stored-account.ts';

export interface RebuiltLedger extends RebuiltAccount {
  /** Those of the differences that nothing may repair: entries and trades are never changed or deleted. */
  readonly lasting: readonly StateDifference[];
}

const mostTries = 5;
const documentsPerBatch = 200;

/**
 * Books an account's whole journal anew, beside what is stored, and compares the two: entries, trades, shadow trades, sums of
 * trades and the projection.
 *
 * With `write`, what is missing is created, and shadow trades and sums are set right; with the last of it the new projection takes the
 * old one's place, unless somebody has booked meanwhile: then all of it is compared anew. Then the rest of the journal is booked
 * as the ledger does. An entry or trade that differs stays as it is. A ledger may go on meanwhile.
 *
 * Holds the books of the account in memory, and of the journal what is not booked.
 *
 * @throws BrokenJournalError
 */
export async function rebuildLedger(
  firestore: Firestore,
  account: AccountRef,
  {
    write,
    logger,
    archived,
  }: { readonly write: boolean; readonly logger: Logger; readonly archived?: ArchivedTrades },
): Promise<RebuiltLedger> {
  for (let tries = 1; ; tries += 1) {
    const booking = new BookingRun(emptyProjection);
    /** What nobody seems to have booked. */
    const rest: Commit[] = [];
    const stored = await readStoredAccount(firestore, account, archived, (commit, { watermark }) => {
      if (commit.seq <= watermark) booking.take(commit);
      else rest.push(commit);
    });
    const { seq: entries } = stored.journal.head;
    const booked = bookedUpTo(stored);
    if (stored.journal.differences.length > 0 || booked > entries)
      throw new BrokenJournalError(
        `${account.accountId}: ${stored.journal.differences[0] ?? `booked is up to entry ${booked} of ${entries}`}`,
      );
    for (const commit of rest) if (commit.seq <= booked) booking.take(commit);
    const expected = booking.bookings();
    const shadowTrades = await readShadowTrades(firestore, account, expected.shadowTrades.keys(), {
      readTime: stored.readTime,
      archived,
    });
    const differences = differencesOf(account, stored, shadowTrades, expected);
    const lasting = differences.filter(({ path, stored: found }) => isImmutable(path) && found !== undefined);
    const last = rest.at(-1);
    const rebuilt = {
      account,
      entries,
      documents: documentsOf(expected),
      differences: [...differences, ...unbooked(account, booked, entries)],
      lasting,
    };
    if (!write) return rebuilt;
    try {
      await repair(firestore, account, stored, differences);
    } catch (error) {
      if (tries < mostTries && (isAlreadyExists(error) || isFailedPrecondition(error))) continue;
      throw error;
    }
    if (last !== undefined && booked < last.seq)
      await new Books(firestore, unpacedWrites(firestore), logger).book(last);
    return rebuilt;
  }
}

/** The entry up to which the ledger has booked: by its projection, or where that is lost or behind, by its documents. */
function bookedUpTo({ projection, entries, trades }: StoredAccount): number {
  const last = [entries.at(-1), trades.at(-1)].flatMap((each) => (each === undefined ? [] : [each.id]));
  return Math.max(projection.watermark, ...last.map((id) => partsOfEventId(id).seq));
}

function documentsOf({ entries, trades, sums, shadowTrades }: Bookings): number {
  return entries.length + trades.length + sums.length + shadowTrades.size + 1;
}

async function readShadowTrades(
  firestore: Firestore,
  { tenant, uid, accountId }: AccountRef,
  positionIds: Iterable<string>,
  {
    readTime,
    archived = new ArchivedTrades(undefined),
  }: { readonly readTime: Timestamp; readonly archived: ArchivedTrades | undefined },
): Promise<readonly StoredDocument[]> {
  const ids = [...positionIds];
  const live = ids.map((id) => paths.shadowTrade(uid, id));
  const found: StoredDocument[] = [...(await readList(firestore, live, readTime)).values()];
  if (found.length === ids.length) return found;
  // Noted after what is live was read: what is deleted meanwhile stands in an archive that is found here.
  const archives = (await readArchives(firestore, tenant)).map(({ document }) => document);
  const wanted = new Set(ids);
  for (const { id } of found) wanted.delete(id);
  for await (const position of archived.positions(archives, { accountId }))
    if (wanted.delete(position.positionId)) found.push(archivedDocument(position.positionId, position));
  return found;
}

function differencesOf(
  account: AccountRef,
  { projection, projectionTime, entries, trades, sums }: StoredAccount,
  shadowTrades: readonly StoredDocument[],
  expected: Bookings,
): StateDifference[] {
  const { tenant, uid } = account;
  const shadows = new Map(
    [...expected.shadowTrades].map(([id, change]) => [
      id,
      change.kind === 'create' ? change.document : change.fields,
    ]),
  );
  const switched = projectionTime === undefined ? [] : [archivedDocument('', projection)];
  return [
    ...compared(entries, byId(expected.entries), (id) => paths.ledgerEntry(tenant, id)),
    ...compared(trades, byId(expected.trades), (id) => paths.ledgerTrade(tenant, id)),
    ...compared(shadowTrades, shadows, (id) => paths.shadowTrade(uid, id)),
    ...compared(sums, byId(expected.sums), (id) => paths.ledgerSum(tenant, id)),
    ...compared(switched, new Map([['', expected.projection]]), () => paths.ledgerProjection(account)),
  ];
}

function byId<Event extends { readonly eventId: string }>(events: readonly Event[]): Map<string, Event> {
  return new Map(events.map((event) => [event.eventId, event]));
}

/** What differs, by id. */
function compared(
  stored: readonly StoredDocument[],
  expected: ReadonlyMap<string, object>,
  pathOf: (id: string) => string,
): StateDifference[] {
  const differing = new Map<string, StoredDocument | undefined>();
  let found = 0;
  for (const document of stored) {
    const fields = expected.get(document.id);
    if (fields !== undefined) found += 1;
    if (fields === undefined || !document.holds(fields)) differing.set(document.id, document);
  }
  if (found < expected.size) {
    const ids = new Set(stored.map(({ id }) => id));
    for (const id of expected.keys()) if (!ids.has(id)) differing.set(id, undefined);
  }
  return [...differing]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, document]) => ({
      path: pathOf(id),
      field: '',
      stored: document?.data(),
      journal: expected.get(id),
    }));
}

function unbooked(account: AccountRef, booked: number, entries: number): StateDifference[] {
  if (booked === entries) return [];
  return [{ path: paths.ledgerProjection(account), field: 'watermark', stored: booked, journal: entries }];
}

function isImmutable(path: string): boolean {
  return path.includes('/ledger_entries/') || path.includes('/ledger_trades/');
}

/** What follows from trades is made anew with them: a sum that is told twice would be wrong. */
function isOfSums(path: string): boolean {
  return path.includes('/ledger_sums/');
}

async function repair(
  firestore: Firestore,
  account: AccountRef,
  { projectionTime }: StoredAccount,
  differences: readonly StateDifference[],
): Promise<void> {
  const { tenant, uid } = account;
  const switched = paths.ledgerProjection(account);
  const repairable = differences.filter(({ path, stored }) => !(isImmutable(path) && stored !== undefined));
  for (let first = 0; first < repairable.length; first += documentsPerBatch)
    await unpacedWrites(firestore).write({ tenant, uid, priority: 'background' }, (batch) => {
      for (const { path, journal } of repairable.slice(first, first + documentsPerBatch)) {
        if (typeof journal !== 'object' || journal === null) {
          if (isOfSums(path)) batch.delete(path);
          continue;
        }
        if (isImmutable(path)) batch.create(path, journal);
        else if (path !== switched) batch.set(path, journal);
        else if (projectionTime === undefined) batch.create(path, journal);
        else batch.update(path, journal, projectionTime);
      }
    });
}
