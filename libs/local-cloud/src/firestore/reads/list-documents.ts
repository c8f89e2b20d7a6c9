import { checkCollectionId, checkParentName, compareNames } from '../resource-name.ts';
import { compareUtf8 } from '../values/strings.ts';
import type { Database } from '../storage/database.ts';
import type { Past } from '../storage/history.ts';
import type { StoredDocument } from '../storage/stored-document.ts';
import type { Requests } from '../protos.ts';

const DEFAULT_PAGE_SIZE = 300;

/** A document of a list; absent ones have documents below them. */
export interface Listed {
  readonly name: string;
  readonly document: StoredDocument | undefined;
}

/** One page of a collection by name. With `showMissing` absent documents with descendants are listed too. */
export function listDocuments(
  request: Requests['ListDocuments'],
  database: Database,
  past: Past | undefined,
): { listed: Listed[]; nextPageToken: string } {
  const parent = request.parent ?? '';
  checkParentName(parent);
  const collectionId = request.collectionId ?? '';
  checkCollectionId(collectionId);
  const collection = `${parent}/${collectionId}`;
  const names = new Set<string>();
  for (const { name } of database.store.collection(collection).byName.ascending()) names.add(name);
  for (const name of past?.keys() ?? []) {
    if (name.startsWith(`${collection}/`) && name.lastIndexOf('/') === collection.length) names.add(name);
  }
  const missing = new Set<string>();
  if (request.showMissing === true) {
    for (const [path] of database.store.collectionsBelow(collection)) {
      missing.add(path.slice(0, path.indexOf('/', collection.length + 1)));
    }
  }
  const after = request.pageToken ?? '';
  const listed = [...new Set([...names, ...missing])]
    .filter((name) => after === '' || compareNames(name, after) > 0)
    .map((name) => ({ name, document: database.get(name, past) }))
    .filter(({ name, document }) => document !== undefined || missing.has(name))
    .toSorted((a, b) => compareNames(a.name, b.name));
  const [shown, nextPageToken] = firstPage(listed, request.pageSize, ({ name }) => name);
  return { listed: shown, nextPageToken };
}

/** One page of the ids of the collections directly below a document or the root. */
export function listCollectionIds(
  request: Requests['ListCollectionIds'],
  database: Database,
): { ids: string[]; nextPageToken: string } {
  const parent = request.parent ?? '';
  checkParentName(parent);
  const found = new Set<string>();
  for (const [path] of database.store.collectionsBelow(parent)) {
    const end = path.indexOf('/', parent.length + 1);
    found.add(path.slice(parent.length + 1, end === -1 ? undefined : end));
  }
  const after = request.pageToken ?? '';
  const ids = [...found].filter((id) => compareUtf8(id, after) > 0).toSorted(compareUtf8);
  const [shown, nextPageToken] = firstPage(ids, request.pageSize, (id) => id);
  return { ids: shown, nextPageToken };
}

/** The first items, and the token to go on after them: empty when there are no more. */
function firstPage<T>(
  items: T[],
  pageSize: number | null | undefined,
  tokenOf: (item: T) => string,
): [T[], string] {
  const size = pageSize != null && pageSize > 0 ? pageSize : DEFAULT_PAGE_SIZE;
  const shown = items.slice(0, size);
  const last = shown.at(-1);
  return [shown, items.length > size && last !== undefined ? tokenOf(last) : ''];
}
