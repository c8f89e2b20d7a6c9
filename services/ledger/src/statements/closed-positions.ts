import { type ClosedTradeDocument, paths, queries } from '@bellwether/contracts';
import { systemClock } from '@bellwether/observability';
import { readLatest } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { leastAgeMs } from '../archive/archive-tenant.ts';
import { ArchivedTrades } from '../archive/archived-trades.ts';
import { readArchives } from '../archive/read-archives.ts';
import { Latest } from './latest.ts';

/**
 * The positions of a tenant, or of one of its users, that were closed last, newest first: what each came to from its first fill to
 * its last. Costs up to `limit` reads for each shard of time, and where that reaches back a week, one for each archive.
 *
 * @param archived reads what is archived; without it there must be no archives.
 */
export async function closedPositions(
  firestore: Firestore,
  filter: {
    readonly tenant: string;
    readonly uid?: string;
    readonly from?: number;
    readonly before?: number;
  },
  limit: number,
  archived = new ArchivedTrades(undefined),
): Promise<readonly ClosedTradeDocument[]> {
  const { tenant, uid, from, before } = filter;
  const parts = {
    values: { tenantId: tenant },
    ...(from === undefined ? {} : { from }),
    ...(before === undefined ? {} : { before }),
    limit,
  };
  const live = await (uid === undefined
    ? readLatest<ClosedTradeDocument>(firestore, queries.closedTradesOfTenant, parts)
    : readLatest<ClosedTradeDocument>(firestore, queries.closedTradesOfUser, {
        ...parts,
        within: paths.shadowTrades(uid),
      }));
  const oldest = live.length < limit ? 0 : (live.at(-1)?.closedAt ?? 0);
  if (oldest >= systemClock.now() - leastAgeMs) return live; // nothing so young is archived
  const archives = (await readArchives(firestore, tenant)).map(({ document }) => document);
  const known = new Set(live.map(pathOf));
  const latest = new Latest(limit, newestFirst, live);
  const since = { ...filter, from: Math.max(from ?? 0, oldest) };
  for await (const position of archived.positions(archives, since))
    if (!known.has(pathOf(position))) latest.put(position);
  return latest.rows();
}

function pathOf({ uid, positionId }: ClosedTradeDocument): string {
  return paths.shadowTrade(uid, positionId);
}

function newestFirst(a: ClosedTradeDocument, b: ClosedTradeDocument): number {
  return b.closedAt - a.closedAt || (pathOf(a) < pathOf(b) ? 1 : -1);
}
