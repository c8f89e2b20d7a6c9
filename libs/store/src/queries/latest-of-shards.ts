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
  /** The path of the collection. */
  readonly within: string;
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
 * The latest documents of a collection whose time is spread over `timeShards`: one query for each, merged by
 * time. Costs up to `limit` reads for each shard.
 */
export async function readLatest<Document>(
  firestore: Firestore,
  spec: ShardedSpec,
  parts: LatestParts,
): Promise<readonly Document[]> {
  const pages = await Promise.all(shardQueries(firestore, spec, parts).map(async (query) => query.get()));
  return merged<Document>(
    pages.map(({ docs }) => docs),
    spec,
    parts.limit,
  );
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
  { orderBy: [{ field }] }: ShardedSpec,
  limit: number,
): Document[] {
  return pages
    .flat()
    .toSorted((a, b) => Number(b.get(field)) - Number(a.get(field)) || (a.id < b.id ? 1 : -1))
    .slice(0, limit)
    .flatMap((document) => readDocument<Document>(document) ?? []);
}
