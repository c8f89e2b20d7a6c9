import { invariant } from '@bellwether/domain';
import type { DocumentSnapshot, Firestore, Timestamp } from '@google-cloud/firestore';
import { isDeepStrictEqual } from 'node:util';
import { StoreFirestore } from '../connect.ts';
import type { DocumentList } from './batch-get.ts';
import type { ReadPage } from './read-channel.ts';
import type { ReadDocument } from './read-document.ts';

const atOnce = 300;

/** The document as it is now; `undefined` where there is none. As bytes, like a list. */
export async function readOne(firestore: Firestore, path: string): Promise<ReadDocument | undefined> {
  return (await readList(firestore, [path])).get(path);
}

/**
 * Those of these documents that are there, by path. As bytes, at a fraction of what Google's client takes, where the
 * client is one of this package.
 *
 * @param readTime as of which moment, within the last hour; as of the first answer where none is given.
 */
export async function readList(
  firestore: Firestore,
  paths: readonly string[],
  readTime?: Timestamp,
): Promise<ReadonlyMap<string, ReadDocument>> {
  const found = new Map<string, ReadDocument>();
  let asOf = readTime;
  for (let first = 0; first < paths.length; first += atOnce) {
    const list: DocumentList = {
      paths: paths.slice(first, first + atOnce),
      ...(asOf === undefined ? {} : { readTime: asOf }),
    };
    const page =
      firestore instanceof StoreFirestore
        ? await firestore.readList(list)
        : await readByClient(firestore, list);
    asOf = page.readTime;
    for (const document of page.documents) found.set(document.path, document);
  }
  return found;
}

/** The same through Google's client alone. */
async function readByClient(firestore: Firestore, { paths, readTime }: DocumentList): Promise<ReadPage> {
  const documents = paths.map((path) => firestore.doc(path));
  const found =
    readTime === undefined
      ? await firestore.getAll(...documents)
      : await firestore.runTransaction(async (transaction) => transaction.getAll(...documents), {
          readOnly: true,
          readTime,
        });
  const asOf = found.at(-1)?.readTime;
  invariant(asOf, 'documents were answered without their time');
  return { documents: found.flatMap((document) => readDocumentOf(document) ?? []), readTime: asOf };
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
