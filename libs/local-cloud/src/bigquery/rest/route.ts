import { BigQueryError } from '../errors.ts';
import type { JsonObject } from '../json.ts';

export interface RestRequest {
  /** The value of each `{name}` in the route's pattern. */
  readonly path: (name: string) => string;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  readonly header: (name: string) => string | undefined;
  /** The file of an upload. */
  readonly media?: Buffer;
}

/** An answer that is not JSON. */
export class RawAnswer {
  readonly status: number;
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;

  constructor(bytes: Buffer, headers: Readonly<Record<string, string>> = {}, status = 200) {
    this.status = status;
    this.bytes = bytes;
    this.headers = headers;
  }
}

export interface Route {
  readonly method: string;
  /** Below `/bigquery/v2` or `/storage/v1`, for example `/projects/{project}/datasets`. */
  readonly pattern: string;
  /** The JSON to answer with, or something else; undefined answers 204 without a body. */
  readonly handle: (request: RestRequest) => Promise<object | undefined> | object | undefined;
}

export type Router = (
  method: string,
  path: string,
) => { readonly route: Route; readonly parameters: ReadonlyMap<string, string> };

/** Finds the route of a request. Paths may carry `/bigquery/v2` or `/storage/v1`, or leave it out, as the emulator variables make clients do. */
export function createRouter(routes: readonly Route[], defaultProject: string): Router {
  const split = routes.map((route) => ({ route, parts: route.pattern.split('/').slice(1) }));
  return (method, path) => {
    const given = path
      .replace(/^(\/upload)?\/(?:bigquery\/v2|storage\/v1)(?=\/)/, '$1')
      .split('/')
      .slice(1)
      .map(decodeURIComponent)
      .map((part) => (part === '{{projectId}}' ? defaultProject : part));
    for (const { route, parts } of split) {
      const parameters = route.method === method ? matchParts(parts, given) : undefined;
      if (parameters !== undefined) return { route, parameters };
    }
    throw new BigQueryError(
      501,
      'notImplemented',
      `${method} ${path} is not supported by the local BigQuery`,
    );
  };
}

function matchParts(parts: readonly string[], given: readonly string[]): Map<string, string> | undefined {
  if (parts.length !== given.length) return undefined;
  const parameters = new Map<string, string>();
  for (const [index, part] of parts.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith('{')) parameters.set(part.slice(1, -1), value);
    else if (part !== value) return undefined;
  }
  return parameters;
}

/** A page of a list: items from the token on, and the token of the next page. */
export function pageOf<T>(
  items: readonly T[],
  query: URLSearchParams,
): { readonly items: readonly T[]; readonly nextPageToken?: string } {
  const start = Number(query.get('pageToken') ?? 0);
  const size = Number(query.get('maxResults') ?? 1000);
  const end = start + size;
  const page = items.slice(start, end);
  return end < items.length ? { items: page, nextPageToken: String(end) } : { items: page };
}
