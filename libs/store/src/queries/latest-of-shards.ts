import { type QuerySpec, timeShards } from '@bellwether/contracts';
import type { Firestore, Query, QueryDocumentSnapshot } from '@google-cloud/firestore';
import { readDocument } from '../read-document.ts';
import { buildQuery } from './build-query.ts';

/** A query for the latest of a collection: by `shard`, then by one field of time, descending. */
export interface LatestSpec extends QuerySpec {
  readonly equal: readonly ['shard'];
  readonly orderBy: readonly [{ readonly field: string; readonly direction: 'DESCENDING' }];
}

export interface LatestParts {
  /** The path of the collection. */
  readonly within: string;
  readonly limit: number;
}

/**
 * The latest documents of a collection whose time is spread over `timeShards`: one query for each, merged by
 * time. Costs up to `limit` reads for each shard.
 */
export async function readLatest<Document>(
  firestore: Firestore,
  spec: LatestSpec,
  parts: LatestParts,
): Promise<readonly Document[]> {
  const pages = await Promise.all(shardQueries(firestore, spec, parts).map(async (query) => query.get()));
  return merged<Document>(
    pages.map(({ docs }) => docs),
    spec,
    parts.limit,
  );
}

/**
 * Keeps telling the latest documents, from when every shard has answered on.
 *
 * @param fail told once for each shard whose listener ended.
 * @returns stops it.
 */
export function listenToLatest<Document>(
  firestore: Firestore,
  spec: LatestSpec,
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

function shardQueries(firestore: Firestore, spec: LatestSpec, parts: LatestParts): Query[] {
  return Array.from({ length: timeShards }, (_, shard) =>
    buildQuery(firestore, spec, { ...parts, values: { shard } }),
  );
}

function merged<Document>(
  pages: readonly (readonly QueryDocumentSnapshot[])[],
  { orderBy: [{ field }] }: LatestSpec,
  limit: number,
): Document[] {
  return pages
    .flat()
    .toSorted((a, b) => Number(b.get(field)) - Number(a.get(field)) || (a.id < b.id ? 1 : -1))
    .slice(0, limit)
    .flatMap((document) => readDocument<Document>(document) ?? []);
}
