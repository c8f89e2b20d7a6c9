import { type QuerySpec, timeShards } from '@bellwether/contracts';
import type { Firestore, Query, QueryDocumentSnapshot } from '@google-cloud/firestore';
import { readDocument } from '../read-document.ts';
import { buildQuery } from './build-query.ts';

/** A query for the latest of a collection: by `shard` and perhaps more, then by one field of time, descending. */
export interface ShardedSpec extends QuerySpec {
  readonly equal: readonly ['shard', ...string[]];
  readonly orderBy: readonly [{ readonly field: string; readonly direction: 'DESCENDING' }];
}

export interface ShardedParts {
  /** The path of the collection; without it all of its id, where the query is for those. */
  readonly within?: string;
  /** What each field but the shard must be; without it there are no others. */
  readonly values?: Readonly<Record<string, string>>;
  /** Bounds of the time: at or after, and before. */
  readonly from?: number;
  readonly before?: number;
}

export interface LatestParts extends ShardedParts {
  readonly limit: number;
}

const pageSize = 500;

/**
 * The latest documents of a collection whose time is spread over `timeShards`: a query for each, merged by time. Each shard
 * is asked for about twice its share, and for more where it may still hold some of the latest: costs some more reads than
 * `limit`, and at most that many for each shard.
 */
export async function readLatest<Document>(
  firestore: Firestore,
  spec: ShardedSpec,
  parts: LatestParts,
): Promise<readonly Document[]> {
  const { limit } = parts;
  const [{ field }] = spec.orderBy;
  const atOnce = Math.min(limit, 2 * Math.ceil(limit / timeShards) + 4);
  const shards = shardQueries(firestore, spec, { ...parts, limit: atOnce }).map((query): ShardRead => ({
    query,
    docs: [],
    isRead: false,
  }));
  for (let unread = shards; unread.length > 0;) {
    await Promise.all(unread.map(async (shard) => readOn(shard, atOnce)));
    const all = latestOf(
      shards.map(({ docs }) => docs),
      spec,
      limit,
    );
    const last = all.length < limit ? -Infinity : timeOf(all.at(-1), field);
    unread = shards.filter(
      ({ docs, isRead }) => !isRead && docs.length < limit && timeOf(docs.at(-1), field) >= last,
    );
  }
  return merged<Document>(
    shards.map(({ docs }) => docs),
    spec,
    limit,
  );
}

/** What is read of a shard so far. */
interface ShardRead {
  readonly query: Query;
  readonly docs: QueryDocumentSnapshot[];
  isRead: boolean;
}

async function readOn(shard: ShardRead, atOnce: number): Promise<void> {
  const last = shard.docs.at(-1);
  const { docs } = await (last === undefined ? shard.query : shard.query.startAfter(last)).get();
  shard.docs.push(...docs);
  shard.isRead = docs.length < atOnce;
}

/** All documents between the bounds, shard by shard, the latest of each first. Costs a read for each. */
export async function* eachOfShards<Document>(
  firestore: Firestore,
  spec: ShardedSpec,
  parts: ShardedParts,
): AsyncGenerator<Document, void> {
  for (const query of shardQueries(firestore, spec, { ...parts, limit: pageSize })) {
    for (let page = await query.get(); ;) {
      for (const document of page.docs) {
        const data = readDocument<Document>(document);
        if (data !== undefined) yield data;
      }
      const last = page.docs.at(-1);
      if (last === undefined || page.size < pageSize) break;
      page = await query.startAfter(last).get();
    }
  }
}

/**
 * Keeps telling the latest documents, from when every shard has answered on.
 *
 * @param fail told once for each shard whose listener ended.
 * @returns stops it.
 */
export function listenToLatest<Document>(
  firestore: Firestore,
  spec: ShardedSpec,
  parts: LatestParts,
  take: (documents: readonly Document[]) => void,
  fail: (error: Error) => void,
): () => void {
  const pages = new Map<number, readonly QueryDocumentSnapshot[]>();
  const stops = shardQueries(firestore, spec, parts).map((query, shard) =>
    query.onSnapshot(({ docs }) => {
      pages.set(shard, docs);
      if (pages.size === timeShards) take(merged<Document>([...pages.values()], spec, parts.limit));
    }, fail),
  );
  return () => {
    for (const stop of stops) stop();
  };
}

function shardQueries(firestore: Firestore, spec: ShardedSpec, parts: LatestParts): Query[] {
  return Array.from({ length: timeShards }, (_, shard) =>
    buildQuery<QuerySpec>(firestore, spec, { ...parts, values: { ...parts.values, shard } }),
  );
}

function merged<Document>(
  pages: readonly (readonly QueryDocumentSnapshot[])[],
  spec: ShardedSpec,
  limit: number,
): Document[] {
  return latestOf(pages, spec, limit).flatMap((document) => readDocument<Document>(document) ?? []);
}

function latestOf(
  pages: readonly (readonly QueryDocumentSnapshot[])[],
  { orderBy: [{ field }] }: ShardedSpec,
  limit: number,
): QueryDocumentSnapshot[] {
  return pages
    .flat()
    .toSorted((a, b) => timeOf(b, field) - timeOf(a, field) || (a.id < b.id ? 1 : -1))
    .slice(0, limit);
}

function timeOf(document: QueryDocumentSnapshot | undefined, field: string): number {
  return Number(document?.get(field));
}
