import { type ArchiveDocument, paths } from '@bellwether/contracts';
import { type Stored, readDocument } from '@bellwether/store';
import type { Firestore, Query, QuerySnapshot } from '@google-cloud/firestore';

/** What is noted of a tenant's archives, the oldest day first. @param get reads a query, for example in a transaction. */
export async function readArchives(
  firestore: Firestore,
  tenant: string,
  get: (query: Query) => Promise<QuerySnapshot> = async (query) => query.get(),
): Promise<readonly Stored<ArchiveDocument>[]> {
  const { docs } = await get(firestore.collection(paths.archives(tenant)).orderBy('__name__'));
  return docs.flatMap((found) => {
    const document = readDocument<ArchiveDocument>(found);
    return document === undefined
      ? []
      : [{ document, createTime: found.createTime, updateTime: found.updateTime }];
  });
}
