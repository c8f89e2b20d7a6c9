import { userPath } from '../processes/entry.ts';

/**
 * The index file that `bellwether cloud` obeys: the one that `--indexes` names, or the `firestore.indexes.json` of the
 * user's directory when it has one. None, so that every query is answered, for `off` and without such a file.
 */
export function chooseIndexes(
  given: string | undefined,
  exists: (path: string) => boolean,
): string | undefined {
  if (given === 'off') return undefined;
  const path = userPath(given ?? 'firestore.indexes.json');
  return given !== undefined || exists(path) ? path : undefined;
}
