import { invalidArgument } from '../status.ts';
import { toNumber } from '../values/numbers.ts';
import { v1, type Requests } from '../protos.ts';
import type { Query } from '../queries/query.ts';
import type { StoredDocument } from '../storage/stored-document.ts';

/** A part is not worth a query of its own below this many documents. */
const MIN_PART = 128;

/** Throws INVALID_ARGUMENT unless the query takes a whole collection group by name. */
export function checkPartitionable(query: Query, request: Requests['PartitionQuery']): void {
  const [order, ...more] = query.orders;
  const isWhole =
    query.scope.kind === 'group' &&
    request.structuredQuery?.where == null &&
    query.limit === undefined &&
    query.offset === 0 &&
    query.startAt === undefined &&
    query.endAt === undefined;
  if (!isWhole || order?.path.isName !== true || order.direction !== 1 || more.length > 0) {
    throw invalidArgument(
      'Only collection group queries, ordered by __name__ ascending, without filters, limits, offsets and cursors can be partitioned.',
    );
  }
  if (toNumber(request.partitionCount ?? 0) < 1) throw invalidArgument('partition_count must be positive.');
}

/** One page of the names that part the documents, which are all of the group by name, into like shares. */
export function partitions(
  documents: readonly StoredDocument[],
  request: Requests['PartitionQuery'],
): Uint8Array {
  const wanted = toNumber(request.partitionCount ?? 0) + 1;
  const parts = Math.max(1, Math.min(wanted, Math.floor(documents.length / MIN_PART)));
  const first = Number(request.pageToken ?? '') || 0;
  const pageSize = request.pageSize == null || request.pageSize <= 0 ? parts : request.pageSize;
  const end = Math.min(first + pageSize, parts - 1);
  const cursors = Array.from({ length: Math.max(0, end - first) }, (_, i) => {
    const at = Math.floor((documents.length * (first + i + 1)) / parts);
    return { values: [{ referenceValue: documents[at]?.name ?? '' }] };
  });
  return v1.PartitionQueryResponse.encode({
    partitions: cursors,
    nextPageToken: end < parts - 1 ? `${end}` : '',
  }).finish();
}
