import type { Firestore } from '@google-cloud/firestore';
import { DocumentBatch } from '../documents/document-batch.ts';
import type { BulkWrites } from './bulk-writes.ts';

/** Bulk writes that are sent at once: for tools and specs, where nobody else writes. */
export function unpacedWrites(firestore: Firestore): BulkWrites {
  return {
    async write(_origin, fill) {
      const batch = new DocumentBatch(firestore);
      fill(batch);
      return batch.paths.length === 0 ? [] : batch.commit();
    },
  };
}
