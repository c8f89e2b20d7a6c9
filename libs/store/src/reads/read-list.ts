import type { DocumentSnapshot, Firestore, Timestamp } from '@google-cloud/firestore';
import { isDeepStrictEqual } from 'node:util';
import { StoreFirestore } from '../connect.ts';
import type { DocumentList } from './batch-get.ts';
import type { ReadDocument } from './read-document.ts';

const atOnce = 300;

/**
 * Those of these documents that are there, by path. As bytes, at a fraction of what Google's client takes, where the
 * client is one of this package.
 *
 * @param readTime as of which moment, within the last hour.
 */
export async function readList(
  firestore: Firestore,
  paths: readonly string[],
  readTime: Timestamp,
): Promise<ReadonlyMap<string, ReadDocument>> {
  const found = new Map<string, ReadDocument>();
  for (let first = 0; first < paths.length; first += atOnce) {
    const list = { paths: paths.slice(first, first + atOnce), readTime };
    const documents =
      firestore instanceof StoreFirestore
        ? (await firestore.readList(list)).documents
        : await readByClient(firestore, list);
    for (const document of documents) found.set(document.path, document);
  }
  return found;
}

/** The same through Google's client alone. */
async function readByClient(
  firestore: Firestore,
  { paths, readTime }: Required<DocumentList>,
): Promise<ReadDocument[]> {
  const found = await firestore.runTransaction(
    async (transaction) => transaction.getAll(...paths.map((path) => firestore.doc(path))),
    { readOnly: true, readTime },
  );
  return found.flatMap((document) => readDocumentOf(document) ?? []);
}

/** What Google's client has read, in the shape of this package; `undefined` where there is none. */
export function readDocumentOf(document: DocumentSnapshot): ReadDocument | undefined {
  const { id, createTime, updateTime } = document;
  if (createTime === undefined || updateTime === undefined) return undefined;
  const data = (): Record<string, unknown> => document.data() ?? {};
  return {
    path: document.ref.path,
    id,
    createTime,
    updateTime,
    isAsCreated: createTime.isEqual(updateTime),
    data,
    holds: (fields) => isDeepStrictEqual(data(), fields),
  };
}
