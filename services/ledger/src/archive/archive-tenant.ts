import {
  type ArchiveDocument,
  type ClosedTradeDocument,
  type LedgerTradeDocument,
  type ShadowTradeDocument,
  paths,
  queries,
} from '@bellwether/contracts';
import { eachOfShards, repositoriesOf } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { type ArchiveOptions, archiveRows, endBegun } from './archive-rows.ts';
import { type ArchivedKind, kindOf, positionRows, tradeRows } from './archived-kinds.ts';
import { readArchives } from './read-archives.ts';

export interface ArchivedTenant {
  readonly tenant: string;
  /** Archives that were finished: begun by this run, or by one that ended before it had. */
  readonly archives: number;
  /** What they hold. */
  readonly trades: number;
  readonly positions: number;
}

const day = 86_400_000;
/** Whoever reads live and archived documents together counts on it. */
export const leastAgeMs = 7 * day;
const readAtOnce = 300;

/**
 * Moves what a tenant closed long ago into files: the trades of such positions, then the positions themselves. First it ends what
 * another run began. Of several at once one goes on.
 *
 * @throws Error for a file that does not read back as it was written: nothing is deleted then.
 */
export async function archiveTenant(tenant: string, options: ArchiveOptions): Promise<ArchivedTenant> {
  const { clock, olderThanMs, firestore } = options;
  if (olderThanMs < leastAgeMs) throw new Error(`olderThanMs: at least ${leastAgeMs}, not ${olderThanMs}`);
  const done = { archives: 0, trades: 0, positions: 0 };
  const count = (archive: ArchiveDocument): void => {
    done.archives += 1;
    done[kindOf(archive)] += archive.sums?.rows ?? 0;
  };
  const known = new Set<string>();
  for (const begun of await readArchives(firestore, tenant)) {
    known.add(begun.document.archiveId);
    if (begun.document.state === 'done') continue;
    const ended = await endBegun(tenant, begun, options);
    if (ended !== undefined) count(ended);
  }
  const before = clock.now() - olderThanMs;
  const run = { tenant, known, count, options };
  await archiveAllOf(tradeRows, tradesOfClosed(firestore, tenant, before), run);
  await archiveAllOf(positionRows, closedPositions(firestore, tenant, before), run);
  return { tenant, ...done };
}

interface Run {
  readonly tenant: string;
  readonly known: Set<string>;
  readonly count: (archive: ArchiveDocument) => void;
  readonly options: ArchiveOptions;
}

async function archiveAllOf<Row extends { readonly accountId: string }>(
  kind: ArchivedKind<Row>,
  lots: AsyncIterable<readonly Row[]>,
  { tenant, known, count, options }: Run,
): Promise<void> {
  const { rowsPerFile = 100_000, signal } = options;
  const waiting: Row[] = [];
  for await (const lot of lots) {
    waiting.push(...lot);
    if (signal?.aborted === true) return;
    while (waiting.length >= rowsPerFile)
      count(await archiveRows(tenant, kind, waiting.splice(0, rowsPerFile), known, options));
  }
  if (waiting.length > 0) count(await archiveRows(tenant, kind, waiting, known, options));
}

/** Trades before a time whose positions were closed before it, too. */
async function* tradesOfClosed(
  firestore: Firestore,
  tenant: string,
  before: number,
): AsyncGenerator<LedgerTradeDocument[], void> {
  const isClosed = new Map<string, boolean>();
  const query = { within: paths.ledgerTrades(tenant), before };
  for await (const trades of inLots(
    eachOfShards<LedgerTradeDocument>(firestore, queries.lastTradesOfTenant, query),
  )) {
    const unknown = [...new Set(trades.map(positionPath))].filter((path) => !isClosed.has(path));
    const found = await repositoriesOf(firestore).shadowTradeHistory.readAll(unknown);
    for (const [index, path] of unknown.entries())
      isClosed.set(path, wasClosed(found[index]?.document, before));
    yield trades.filter((trade) => isClosed.get(positionPath(trade)) === true);
  }
}

function positionPath({ uid, positionId }: LedgerTradeDocument): string {
  return paths.shadowTrade(uid, positionId);
}

/** What is not there was closed: it is written with the position's first trade, and an archive holds it. */
function wasClosed(position: ShadowTradeDocument | undefined, before: number): boolean {
  return position === undefined || (position.status === 'CLOSED' && position.closedAt < before);
}

async function* closedPositions(
  firestore: Firestore,
  tenant: string,
  before: number,
): AsyncGenerator<ClosedTradeDocument[], void> {
  const query = { values: { tenantId: tenant }, before };
  yield* inLots(eachOfShards<ClosedTradeDocument>(firestore, queries.closedTradesOfTenant, query));
}

async function* inLots<Row>(rows: AsyncIterable<Row>): AsyncGenerator<Row[], void> {
  let lot: Row[] = [];
  for await (const row of rows) {
    lot.push(row);
    if (lot.length < readAtOnce) continue;
    yield lot;
    lot = [];
  }
  yield lot;
}
