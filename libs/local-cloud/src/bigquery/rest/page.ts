import { invalid } from '../errors.ts';

/** Rows of an answer when the request names no number: a page converts in a few milliseconds. */
const defaultRows = 10_000;
const maxRows = 100_000;

export interface Page {
  readonly start: number;
  readonly size: number;
}

/** Reads `pageToken` or `startIndex`, and `maxResults`. A token is the index of the page's first row. */
export function readPage(query: URLSearchParams): Page {
  const start = Number(query.get('pageToken') ?? query.get('startIndex') ?? 0);
  const size = Number(query.get('maxResults') ?? defaultRows);
  if (!Number.isInteger(start) || start < 0) throw invalid('Invalid page token');
  if (!Number.isInteger(size) || size < 0) throw invalid('Invalid value for maxResults');
  return { start, size: Math.min(size, maxRows) };
}

/** The rows of a page with the token of the next, when there is one. */
export function pageRows(rows: readonly object[], { start }: Page, total: number): object {
  const end = start + rows.length;
  return { rows, ...(end < total && rows.length > 0 && { pageToken: String(end) }) };
}
