import {
  type ArchiveDocument,
  type LedgerTradeDocument,
  type ShadowTradeDocument,
  paths,
  queries,
} from '@bellwether/contracts';
import type { Clock, Ids } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import {
  type BulkWrites,
  type Stored,
  eachOfShards,
  isFailedPrecondition,
  isNotFound,
  repositoriesOf,
} from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { isDeepStrictEqual } from 'node:util';
import type { ArchiveFiles } from './archive-files.ts';
import { readArchives } from './read-archives.ts';
import { decodeTrades, encodeTrades, sha256Of } from './trade-file.ts';
import { sumTrades } from './trade-sums.ts';

export interface ArchiveOptions {
  readonly firestore: Firestore;
  readonly writes: BulkWrites;
  readonly files: ArchiveFiles;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** Trades of positions that were closed so long ago, milliseconds. */
  readonly olderThanMs: number;
  /** The most trades of a file; they are held in memory. */
  readonly rowsPerFile?: number;
  /** Ends it between two files. */
  readonly signal?: AbortSignal;
}

export interface ArchivedTenant {
  readonly tenant: string;
  /** Archives that were finished: begun by this run, or by one that ended before it had. */
  readonly archives: number;
  readonly trades: number;
}

const day = 86_400_000;
/** Whoever reads live and archived trades together counts on it. */
export const leastAgeMs = 7 * day;
const readAtOnce = 300;
const deletesPerBatch = 200;

/**
 * Moves a tenant's trades whose positions are closed since long into files, step by step, so that a kill at any moment
 * loses and doubles nothing:
 *
 * 1. an archive is noted as `writing`, its file is written;
 * 2. the file is read back and held against the documents, one by one, and its hash, counts and sums are noted: `verified`;
 * 3. the documents are deleted: `done`.
 *
 * Of several at once one goes on. A run first ends what another began: what was not verified is forgotten with its file, what was is read back once more
 * and deleted. Until a document is deleted it counts, and from `verified` on its copy is not counted beside it.
 *
 * @throws Error for a file that does not read back as it was written: nothing is deleted then.
 */
export async function archiveTrades(tenant: string, options: ArchiveOptions): Promise<ArchivedTenant> {
  const { clock, olderThanMs, rowsPerFile = 100_000, signal } = options;
  if (olderThanMs < leastAgeMs) throw new Error(`olderThanMs: at least ${leastAgeMs}, not ${olderThanMs}`);
  let archives = 0;
  let trades = 0;
  const count = ({ sums }: Pick<ArchiveDocument, 'sums'>): void => {
    archives += 1;
    trades += sums?.rows ?? 0;
  };
  const known = new Set<string>();
  for (const begun of await readArchives(options.firestore, tenant)) {
    known.add(begun.document.archiveId);
    if (begun.document.state === 'done') continue;
    const ended = await endBegun(tenant, begun, options);
    if (ended !== undefined) count(ended);
  }
  const before = clock.now() - olderThanMs;
  const waiting: LedgerTradeDocument[] = [];
  for await (const lot of closedTrades(options.firestore, tenant, before)) {
    waiting.push(...lot);
    if (signal?.aborted === true) return { tenant, archives, trades };
    while (waiting.length >= rowsPerFile)
      count(await archive(tenant, waiting.splice(0, rowsPerFile), known, options));
  }
  if (waiting.length > 0) count(await archive(tenant, waiting, known, options));
  return { tenant, archives, trades };
}

async function archive(
  tenant: string,
  trades: readonly LedgerTradeDocument[],
  known: Set<string>,
  options: ArchiveOptions,
): Promise<ArchiveDocument> {
  const { firestore, files, clock, ids, logger } = options;
  const now = Math.round(clock.now());
  const archiveId = `${new Date(now).toISOString().slice(0, 10)}-${ids.hex(12)}`;
  const path = paths.archive(tenant, archiveId);
  const { archives } = repositoriesOf(firestore);
  const file = `${tenant}/${archiveId}.trades`;
  const times = trades.map(({ tradedAt }) => tradedAt);
  const document: ArchiveDocument = {
    archiveId,
    tenantId: tenant,
    file,
    state: 'writing',
    fromAt: times.reduce((least, at) => Math.min(least, at), Infinity),
    toAt: times.reduce((most, at) => Math.max(most, at), 0),
    createdAt: now,
  };
  const createdAt = await archives.create(path, document);
  const bytes = encodeTrades(trades);
  await files.write(file, bytes);
  const readBack = decodeTrades(await files.read(file));
  holdAgainst(file, trades, readBack);
  const verified = {
    state: 'verified',
    bytes: bytes.length,
    sha256: sha256Of(bytes),
    sums: sumTrades(readBack),
    verifiedAt: Math.round(clock.now()),
  } as const;
  known.add(archiveId);
  await noteVerified(tenant, archiveId, verified, known, firestore);
  logger.info({ tenant, file, rows: trades.length }, 'archived and verified');
  const updateTime = (await archives.read(path))?.updateTime ?? createdAt;
  const stored = { document: { ...document, ...verified }, createTime: createdAt, updateTime };
  return deleteDocuments(tenant, stored, readBack, options);
}

/**
 * From this moment on the file counts, so no other may hold any of its trades: whoever has archived meanwhile what this run
 * does not know of may hold them.
 *
 * @throws Error where another run has: nothing of this file is deleted, and the next run forgets it.
 */
async function noteVerified(
  tenant: string,
  archiveId: string,
  verified: Partial<ArchiveDocument>,
  known: ReadonlySet<string>,
  firestore: Firestore,
): Promise<void> {
  await firestore.runTransaction(async (transaction) => {
    const found = await readArchives(firestore, tenant, async (query) => transaction.get(query));
    const isOurs = found.some(({ document }) => document.archiveId === archiveId);
    const isAlone = found.every(
      ({ document: { archiveId: id, state } }) => state === 'writing' || known.has(id),
    );
    if (!isOurs || !isAlone)
      throw new Error(`another run archives ${tenant}: it goes on, and this one has ended without a change`);
    transaction.update(firestore.doc(paths.archive(tenant, archiveId)), { ...verified });
  });
}

/** Forgets what was not verified, and ends what was. */
async function endBegun(
  tenant: string,
  begun: Stored<ArchiveDocument>,
  options: ArchiveOptions,
): Promise<ArchiveDocument | undefined> {
  const { firestore, files, logger } = options;
  const { archiveId, file, state } = begun.document;
  logger.info({ tenant, file, state }, 'another run had begun an archive; ending it');
  if (state === 'verified') {
    const bytes = await files.read(file);
    if (sha256Of(bytes) !== begun.document.sha256)
      throw new Error(`${files.where}/${file} is not what was verified: nothing of it is deleted`);
    return deleteDocuments(tenant, begun, decodeTrades(bytes), options);
  }
  try {
    // Whoever still writes it finds its note gone, and deletes nothing.
    await firestore.doc(paths.archive(tenant, archiveId)).delete({ lastUpdateTime: begun.updateTime });
  } catch (error) {
    if (isFailedPrecondition(error) || isNotFound(error)) return undefined;
    throw error;
  }
  await files.remove(file);
  return undefined;
}

async function deleteDocuments(
  tenant: string,
  { document, updateTime }: Stored<ArchiveDocument>,
  trades: readonly LedgerTradeDocument[],
  { firestore, writes, clock }: ArchiveOptions,
): Promise<ArchiveDocument> {
  for (let first = 0; first < trades.length; first += deletesPerBatch)
    await writes.write({ tenant, priority: 'background' }, (batch) => {
      for (const { eventId } of trades.slice(first, first + deletesPerBatch))
        batch.delete(paths.ledgerTrade(tenant, eventId));
    });
  const done = { state: 'done', finishedAt: Math.round(clock.now()) } as const;
  try {
    await repositoriesOf(firestore).archives.update(
      paths.archive(tenant, document.archiveId),
      done,
      updateTime,
    );
  } catch (error) {
    if (!isFailedPrecondition(error)) throw error; // another run has ended it, too
  }
  return { ...document, ...done };
}

/** @throws Error that names the first trade that differs. */
function holdAgainst(
  file: string,
  trades: readonly LedgerTradeDocument[],
  readBack: readonly LedgerTradeDocument[],
): void {
  const found = new Map(readBack.map((trade) => [trade.eventId, trade]));
  if (readBack.length !== trades.length || found.size !== trades.length)
    throw new Error(`${file} holds ${readBack.length} trades, and not ${trades.length}`);
  for (const trade of trades)
    if (!isDeepStrictEqual(found.get(trade.eventId), trade))
      throw new Error(`${file} does not hold trade ${trade.eventId} as it is stored`);
  if (!isDeepStrictEqual(sumTrades(readBack), sumTrades(trades)))
    throw new Error(`${file} does not sum to what is stored`);
}

/** Trades before a time whose positions were closed before it, too. */
async function* closedTrades(
  firestore: Firestore,
  tenant: string,
  before: number,
): AsyncGenerator<LedgerTradeDocument[], void> {
  const within = paths.ledgerTrades(tenant);
  const isClosed = new Map<string, boolean>();
  let waiting: LedgerTradeDocument[] = [];
  for await (const trade of eachOfShards<LedgerTradeDocument>(firestore, queries.lastTradesOfTenant, {
    within,
    before,
  })) {
    waiting.push(trade);
    if (waiting.length < readAtOnce) continue;
    yield await ofClosed(waiting);
    waiting = [];
  }
  yield await ofClosed(waiting);

  async function ofClosed(trades: readonly LedgerTradeDocument[]): Promise<LedgerTradeDocument[]> {
    const unknown = [...new Set(trades.map(positionPath))].filter((path) => !isClosed.has(path));
    const found = await repositoriesOf(firestore).shadowTradeHistory.readAll(unknown);
    for (const [index, path] of unknown.entries())
      isClosed.set(path, wasClosed(found[index]?.document, before));
    return trades.filter((trade) => isClosed.get(positionPath(trade)) === true);
  }
}

function positionPath({ uid, positionId }: LedgerTradeDocument): string {
  return paths.shadowTrade(uid, positionId);
}

function wasClosed(trade: ShadowTradeDocument | undefined, before: number): boolean {
  return trade?.status === 'CLOSED' && trade.closedAt < before;
}
