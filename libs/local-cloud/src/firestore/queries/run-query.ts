import { candidatesOf } from './candidates.ts';
import { nearestOf, type Nearest } from './find-nearest.ts';
import { compareByOrders, matchesQuery, type Query } from './query.ts';
import type { Past } from '../storage/history.ts';
import type { Store } from '../storage/store.ts';
import type { StoredDocument } from '../storage/stored-document.ts';

/** The results in order, how many the offset left out, and how many documents were looked at. `past` replaces what has changed since an earlier time. */
export function runQuery(
  query: Query,
  store: Store,
  past?: Past,
): { documents: StoredDocument[]; skipped: number; scanned: number } {
  if (query.nearest !== undefined) return runNearest(query, query.nearest, store, past);
  const end = query.limit === undefined ? Infinity : query.offset + query.limit;
  const candidates = candidatesOf(query, store);
  const inOrder = candidates.inOrder && (past === undefined || past.size === 0);
  let found: StoredDocument[] = [];
  let scanned = 0;
  if (end > 0) {
    for (const document of candidates.documents) {
      scanned += 1;
      if (past?.has(document.name) === true || !matchesQuery(document, query)) continue;
      found.push(document);
      if (inOrder && found.length >= end) break;
    }
  }
  if (past !== undefined) {
    for (const document of past.values()) {
      if (document !== undefined && matchesQuery(document, query)) found.push(document);
    }
  }
  if (!inOrder) found.sort((a, b) => compareByOrders(a, b, query.orders));
  if (found.length > end) found = found.slice(0, end);
  const skipped = Math.min(query.offset, found.length);
  return { documents: skipped === 0 ? found : found.slice(skipped), skipped, scanned };
}

function runNearest(
  query: Query,
  nearest: Nearest,
  store: Store,
  past: Past | undefined,
): ReturnType<typeof runQuery> {
  const all = runQuery({ ...query, nearest: undefined }, store, past);
  return { ...all, documents: nearestOf(all.documents, nearest) };
}
