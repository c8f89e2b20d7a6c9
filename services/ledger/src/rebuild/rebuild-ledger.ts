import { type AccountRef, type Commit, type ShadowTradeDocument, paths } from '@bellwether/contracts';
import type { Logger } from '@bellwether/observability';
import {
  BrokenJournalError,
  type RebuiltAccount,
  type StateDifference,
  isAlreadyExists,
  isFailedPrecondition,
  readDocument,
  readList,
  unpacedWrites,
} from '@bellwether/store';
import type { Firestore, Timestamp } from '@google-cloud/firestore';
import { isDeepStrictEqual } from 'node:util';
import { ArchivedTrades } from '../archive/archived-trades.ts';
import { readArchives } from '../archive/read-archives.ts';
import { type Bookings, bookCommits, emptyProjection } from '../books/book-commits.ts';
import { Books } from '../books/books.ts';
import { type StoredAccount, readStoredAccount } from '../verify/stored-account.ts';

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
 * Holds the journal and the books of the account in memory.
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
    const stored = await readStoredAccount(firestore, account, archived, true);
    const { commits } = stored.journal;
    const booked = bookedUpTo(stored);
    if (stored.journal.differences.length > 0 || booked > commits.length)
      throw new BrokenJournalError(
        `${account.accountId}: ${stored.journal.differences[0] ?? `booked is up to entry ${booked} of ${commits.length}`}`,
      );
    const expected = bookingsOf(commits, booked);
    const shadowTrades = await readShadowTrades(firestore, account, expected.shadowTrades.keys(), {
      readTime: stored.readTime,
      archived,
    });
    const differences = differencesOf(account, stored, shadowTrades, expected);
    const lasting = differences.filter(({ path, stored: found }) => isImmutable(path) && found !== undefined);
    const last = commits.at(-1);
    const rebuilt = {
      account,
      entries: commits.length,
      documents: documentsOf(expected),
      differences: [...differences, ...unbooked(account, booked, commits.length)],
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
  return [...entries, ...trades].reduce((most, { seq }) => Math.max(most, seq), projection.watermark);
}

function documentsOf({ entries, trades, sums, shadowTrades }: Bookings): number {
  return entries.length + trades.length + sums.length + shadowTrades.size + 1;
}

function bookingsOf(commits: readonly Commit[], booked: number): Bookings {
  return bookCommits(emptyProjection, commits.slice(0, booked));
}

async function readShadowTrades(
  firestore: Firestore,
  { tenant, uid, accountId }: AccountRef,
  positionIds: Iterable<string>,
  {
    readTime,
    archived = new ArchivedTrades(undefined),
  }: { readonly readTime: Timestamp; readonly archived: ArchivedTrades | undefined },
): Promise<ReadonlyMap<string, ShadowTradeDocument>> {
  const ids = [...positionIds];
  const live = ids.map((id) => paths.shadowTrade(uid, id));
  const found = new Map<string, ShadowTradeDocument>();
  for (const document of (await readList(firestore, live, readTime)).values()) {
    const trade = readDocument<ShadowTradeDocument>(document);
    if (trade !== undefined) found.set(document.id, trade);
  }
  if (found.size === ids.length) return found;
  // Noted after what is live was read: what is deleted meanwhile stands in an archive that is found here.
  const archives = (await readArchives(firestore, tenant)).map(({ document }) => document);
  const wanted = new Set(ids);
  for await (const position of archived.positions(archives, { accountId }))
    if (wanted.has(position.positionId) && !found.has(position.positionId))
      found.set(position.positionId, position);
  return found;
}

function differencesOf(
  account: AccountRef,
  { projection, projectionTime, entries, trades, sums }: StoredAccount,
  shadowTrades: ReadonlyMap<string, ShadowTradeDocument>,
  expected: Bookings,
): StateDifference[] {
  const { tenant, uid } = account;
  const shadows = new Map(
    [...expected.shadowTrades].map(([id, change]) => [
      id,
      change.kind === 'create' ? change.document : change.fields,
    ]),
  );
  const stored = projectionTime === undefined ? [] : [['', projection] as const];
  return [
    ...compared(byId(entries), byId(expected.entries), (id) => paths.ledgerEntry(tenant, id)),
    ...compared(byId(trades), byId(expected.trades), (id) => paths.ledgerTrade(tenant, id)),
    ...compared(shadowTrades, shadows, (id) => paths.shadowTrade(uid, id)),
    ...compared(byId(sums), byId(expected.sums), (id) => paths.ledgerSum(tenant, id)),
    ...compared(new Map(stored), new Map([['', expected.projection]]), () => paths.ledgerProjection(account)),
  ];
}

function byId<Event extends { readonly eventId: string }>(events: readonly Event[]): Map<string, Event> {
  return new Map(events.map((event) => [event.eventId, event]));
}

function compared(
  stored: ReadonlyMap<string, object>,
  expected: ReadonlyMap<string, object>,
  pathOf: (id: string) => string,
): StateDifference[] {
  return [...new Set([...stored.keys(), ...expected.keys()])]
    .toSorted()
    .filter((id) => !isDeepStrictEqual(stored.get(id), expected.get(id)))
    .map((id) => ({ path: pathOf(id), field: '', stored: stored.get(id), journal: expected.get(id) }));
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
