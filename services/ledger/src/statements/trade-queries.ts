import { type LedgerTradeDocument, type ShadowTradeDocument, paths, queries } from '@bellwether/contracts';
import { systemClock } from '@bellwether/observability';
import { buildQuery, eachOfShards, readDocument, readLatest } from '@bellwether/store';
import type { ShardedSpec } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { leastAgeMs } from '../archive/archive-tenant.ts';
import { ArchivedTrades } from '../archive/archived-trades.ts';
import { readArchives } from '../archive/read-archives.ts';
import { Latest } from './latest.ts';

/** Which trades of a tenant. */
export interface TradeFilter {
  readonly tenant: string;
  readonly uid?: string;
  readonly strategy?: string;
  readonly side?: LedgerTradeDocument['side'];
  /** Traded at or after, and before, epoch milliseconds. */
  readonly from?: number;
  readonly before?: number;
}

/**
 * The latest trades, newest first: of a tenant, of a side, of a user, or of a user and strategy. Costs up to `limit` reads for
 * each shard of time, and where that reaches back a week, one for each archive.
 *
 * @param archived reads what is archived; without it there must be no archives.
 */
export async function latestTrades(
  firestore: Firestore,
  filter: TradeFilter,
  limit: number,
  archived: ArchivedTrades = nowhere,
): Promise<readonly LedgerTradeDocument[]> {
  const { spec, values, rest } = plan(filter);
  if (rest !== undefined) {
    const latest = new Latest(limit, newestFirst);
    for await (const trade of tradesOf(firestore, filter, archived)) latest.put(trade);
    return latest.rows();
  }
  const live = await readLatest<LedgerTradeDocument>(firestore, spec, { ...partsOf(filter, values), limit });
  const oldest = live.length < limit ? 0 : (live.at(-1)?.tradedAt ?? 0);
  if (oldest >= systemClock.now() - leastAgeMs) return live; // nothing so young is archived
  const archives = (await readArchives(firestore, filter.tenant)).map(({ document }) => document);
  if (archives.length === 0) return live;
  const known = new Set(live.map(({ eventId }) => eventId));
  const latest = new Latest(limit, newestFirst, live);
  const since = { ...filter, from: Math.max(filter.from ?? 0, oldest) };
  for await (const trade of archived.read(archives, since))
    if (isIn(trade, filter) && !known.has(trade.eventId)) latest.put(trade);
  return latest.rows();
}

/**
 * All trades that the filter names, archived ones too, in no order that means anything. Costs a read for each that is in
 * Firestore, and one for each archive.
 *
 * @param archived reads what is archived; without it there must be no archives.
 */
export async function* tradesOf(
  firestore: Firestore,
  filter: TradeFilter,
  archived: ArchivedTrades = nowhere,
): AsyncGenerator<LedgerTradeDocument, void> {
  const { spec, values, rest = () => true } = plan(filter);
  const old = systemClock.now() - leastAgeMs;
  const told = new Set<string>();
  for await (const trade of eachOfShards<LedgerTradeDocument>(firestore, spec, partsOf(filter, values))) {
    if (!rest(trade)) continue;
    if (trade.tradedAt < old) told.add(trade.eventId);
    yield trade;
  }
  // Noted after what is live was read: what is deleted meanwhile stands in an archive that is found here.
  const archives = await readArchives(firestore, filter.tenant);
  const documents = archives.map(({ document }) => document);
  for await (const trade of archived.read(documents, filter))
    if (isIn(trade, filter) && !told.has(trade.eventId)) yield trade;
}

/** For tenants without archives. */
const nowhere = new ArchivedTrades(undefined);

function isIn(trade: LedgerTradeDocument, { uid, strategy, side }: TradeFilter): boolean {
  return (
    (uid === undefined || trade.uid === uid) &&
    (strategy === undefined || trade.strategy === strategy) &&
    (side === undefined || trade.side === side)
  );
}

function newestFirst(a: LedgerTradeDocument, b: LedgerTradeDocument): number {
  return b.tradedAt - a.tradedAt || (a.eventId < b.eventId ? 1 : -1);
}

/** What of a user is open now, by the books, newest first. */
export async function openTrades(firestore: Firestore, uid: string): Promise<ShadowTradeDocument[]> {
  const within = paths.shadowTrades(uid);
  const { docs } = await buildQuery(firestore, queries.openTradesOfUser, {
    values: { status: 'OPEN' },
    within,
  }).get();
  return docs
    .flatMap((document) => readDocument<ShadowTradeDocument>(document) ?? [])
    .toSorted((a, b) => b.openedAt - a.openedAt || (a.positionId < b.positionId ? -1 : 1));
}

interface Plan {
  readonly spec: ShardedSpec;
  readonly values: Readonly<Record<string, string>>;
  /** What the index does not tell. */
  readonly rest?: (trade: LedgerTradeDocument) => boolean;
}

function plan({ uid, strategy, side }: TradeFilter): Plan {
  const ofSide = side === undefined ? {} : { rest: (trade: LedgerTradeDocument) => trade.side === side };
  if (uid !== undefined)
    return strategy === undefined
      ? { spec: queries.lastTradesOfUser, values: { uid }, ...ofSide }
      : { spec: queries.lastTradesOfStrategy, values: { uid, strategy }, ...ofSide };
  const ofStrategy =
    strategy === undefined ? {} : { rest: (trade: LedgerTradeDocument) => trade.strategy === strategy };
  return side === undefined
    ? { spec: queries.lastTradesOfTenant, values: {}, ...ofStrategy }
    : { spec: queries.lastTradesOfSide, values: { side }, ...ofStrategy };
}

function partsOf({ tenant, from, before }: TradeFilter, values: Readonly<Record<string, string>>) {
  return {
    within: paths.ledgerTrades(tenant),
    values,
    ...(from === undefined ? {} : { from }),
    ...(before === undefined ? {} : { before }),
  };
}
