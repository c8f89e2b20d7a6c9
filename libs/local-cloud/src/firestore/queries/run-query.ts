import { candidatesOf } from './candidates.ts';
import { compareByOrders, matchesQuery, type Query } from './query.ts';
import type { Past } from '../storage/history.ts';
import type { Store } from '../storage/store.ts';
import type { StoredDocument } from '../storage/stored-document.ts';

/** The results in order, and how many the offset left out. `past` replaces what has changed since an earlier time. */
export function runQuery(
  query: Query,
  store: Store,
  past?: Past,
): { documents: StoredDocument[]; skipped: number } {
  const end = query.limit === undefined ? Infinity : query.offset + query.limit;
  const candidates = candidatesOf(query, store);
  const inOrder = candidates.inOrder && (past === undefined || past.size === 0);
  let found: StoredDocument[] = [];
  if (end > 0) {
    for (const document of candidates.documents) {
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
  return { documents: skipped === 0 ? found : found.slice(skipped), skipped };
}
