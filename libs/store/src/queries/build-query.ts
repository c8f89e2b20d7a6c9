import type { QuerySpec } from '@bellwether/contracts';
import { invariant } from '@bellwether/domain';
import type { Firestore, Query } from '@google-cloud/firestore';

export interface QueryParts<Spec extends QuerySpec> {
  /** What each field of `equal` must be. */
  readonly values: Readonly<Record<Spec['equal'][number], string | number | boolean>>;
  /** The path of the collection: for queries of one collection, not for those of a collection group. */
  readonly within?: string;
  /** Bounds of the first field that is sorted by: at or above, and below. */
  readonly from?: string | number;
  readonly before?: string | number;
  /** The most documents; without it all. */
  readonly limit?: number;
}

/** The query that the catalogue declares, and no other: what it filters and sorts by has an index. */
export function buildQuery<Spec extends QuerySpec>(
  firestore: Firestore,
  spec: Spec,
  { values, within, from, before, limit }: QueryParts<Spec>,
): Query {
  let query = sourceOf(firestore, spec, within);
  for (const field of fieldsOf<Spec>(spec)) query = query.where(field, '==', values[field]);
  const [sorted] = spec.orderBy;
  invariant(
    sorted || (from ?? before) === undefined,
    `a query of ${spec.collection} that sorts by nothing has no bounds`,
  );
  if (sorted && from !== undefined) query = query.where(sorted.field, '>=', from);
  if (sorted && before !== undefined) query = query.where(sorted.field, '<', before);
  for (const { field, direction } of spec.orderBy)
    query = query.orderBy(field, direction === 'DESCENDING' ? 'desc' : 'asc');
  return limit === undefined ? query : query.limit(limit);
}

function sourceOf(firestore: Firestore, { scope, collection }: QuerySpec, within?: string): Query {
  if (scope === 'COLLECTION_GROUP') {
    invariant(within === undefined, `a query of all collections ${collection} is not within ${within}`);
    return firestore.collectionGroup(collection);
  }
  invariant(within?.split('/').at(-1) === collection, `${within} is not a collection ${collection}`);
  return firestore.collection(within);
}

function fieldsOf<Spec extends QuerySpec>({ equal }: Spec): readonly Spec['equal'][number][] {
  return equal;
}
