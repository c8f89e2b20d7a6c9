import { invalidArgument, StatusError, Code } from '../status.ts';
import type { Method } from '../protos.ts';

/** What an HTTP request asks for: a method and its request, as JSON. */
export interface Route {
  readonly method: Method;
  readonly request: Readonly<Record<string, unknown>>;
}

type Body = Readonly<Record<string, unknown>>;

const PREFIX = /^\/v1\/((projects\/[^/]+\/databases\/[^/]+)\/documents(?:\/.+)?)$/;
const ROOT_SEGMENTS = 5;

/** Methods named after a colon, and whether their path is the database or a parent. */
const VERBS: Readonly<Record<string, readonly [Method, 'database' | 'parent']>> = {
  batchGet: ['BatchGetDocuments', 'database'],
  batchWrite: ['BatchWrite', 'database'],
  beginTransaction: ['BeginTransaction', 'database'],
  commit: ['Commit', 'database'],
  rollback: ['Rollback', 'database'],
  listCollectionIds: ['ListCollectionIds', 'parent'],
  partitionQuery: ['PartitionQuery', 'parent'],
  runAggregationQuery: ['RunAggregationQuery', 'parent'],
  runQuery: ['RunQuery', 'parent'],
};

/** The method of an HTTP request, by the HTTP rules of google.firestore.v1. Throws NOT_FOUND for any other. */
export function routeOf(verb: string, url: URL, body: Body): Route {
  const colon = url.pathname.lastIndexOf(':');
  const custom = verb === 'POST' && colon !== -1 ? VERBS[url.pathname.slice(colon + 1)] : undefined;
  const path = decoded(custom === undefined ? url.pathname : url.pathname.slice(0, colon));
  const [, name, database] = PREFIX.exec(path) ?? [];
  if (name === undefined || database === undefined) throw notFound(url);
  if (custom !== undefined) {
    const [method, at] = custom;
    return { method, request: { ...body, [at]: at === 'database' ? database : name } };
  }
  const slash = name.lastIndexOf('/');
  const collection = { parent: name.slice(0, slash), collectionId: name.slice(slash + 1) };
  const isDocument = (name.split('/').length - ROOT_SEGMENTS) % 2 === 0;
  const query = parametersOf(url);
  if (verb === 'GET' && isDocument) return { method: 'GetDocument', request: { ...query, name } };
  if (verb === 'GET') return { method: 'ListDocuments', request: { ...query, ...collection } };
  if (verb === 'POST' && !isDocument) {
    return { method: 'CreateDocument', request: { ...query, ...collection, document: body } };
  }
  if (verb === 'PATCH' && isDocument) {
    return { method: 'UpdateDocument', request: { ...query, document: { ...body, name } } };
  }
  if (verb === 'DELETE' && isDocument) return { method: 'DeleteDocument', request: { ...query, name } };
  throw notFound(url);
}

/** `mask.fieldPaths=a&mask.fieldPaths=b&pageSize=3` as the JSON that it stands for. */
function parametersOf({ searchParams }: URL): Record<string, unknown> {
  const request: Record<string, unknown> = {};
  for (const name of new Set(searchParams.keys())) {
    if (name.startsWith('$')) continue;
    const [field = '', inner] = name.split('.');
    const all = searchParams.getAll(name);
    const value = inner === 'fieldPaths' ? all : scalar(all.at(-1) ?? '');
    const known = request[field];
    request[field] =
      inner === undefined ? value : { ...(typeof known === 'object' ? known : {}), [inner]: value };
  }
  return request;
}

/** Booleans; numbers are taken as texts too. */
function scalar(text: string): string | boolean {
  return text === 'true' || text === 'false' ? text === 'true' : text;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalidArgument(`The path ${path} is not encoded rightly.`);
  }
}

const notFound = (url: URL): StatusError =>
  new StatusError(Code.NOT_FOUND, `There is nothing at ${url.pathname}.`);
