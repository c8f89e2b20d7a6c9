import { type LedgerTradeDocument, type ShadowTradeDocument, paths, queries } from '@bellwether/contracts';
import { buildQuery, eachOfShards, readDocument, readLatest } from '@bellwether/store';
import type { ShardedSpec } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';

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
 * each shard of time.
 */
export async function latestTrades(
  firestore: Firestore,
  filter: TradeFilter,
  limit: number,
): Promise<readonly LedgerTradeDocument[]> {
  const { spec, values, rest } = plan(filter);
  if (rest === undefined) return readLatest(firestore, spec, { ...partsOf(filter, values), limit });
  const found: LedgerTradeDocument[] = [];
  for await (const trade of tradesOf(firestore, filter)) found.push(trade);
  return found
    .toSorted((a, b) => b.tradedAt - a.tradedAt || (a.eventId < b.eventId ? 1 : -1))
    .slice(0, limit);
}

/** All trades that the filter names, in no order that means anything. Costs a read for each. */
export async function* tradesOf(
  firestore: Firestore,
  filter: TradeFilter,
): AsyncGenerator<LedgerTradeDocument, void> {
  const { spec, values, rest = () => true } = plan(filter);
  for await (const trade of eachOfShards<LedgerTradeDocument>(firestore, spec, partsOf(filter, values)))
    if (rest(trade)) yield trade;
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
