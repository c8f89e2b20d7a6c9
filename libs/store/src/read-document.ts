import type { DocumentSnapshot } from '@google-cloud/firestore';

/**
 * The document as the shape in which our own services write it; `undefined` where there is none. Only
 * services write these collections, so the shape is trusted, not parsed.
 */
export function readDocument<Document>(snapshot: DocumentSnapshot | undefined): Document | undefined {
  // The one place where a stored document gets its type.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return snapshot?.data() as Document | undefined;
}
