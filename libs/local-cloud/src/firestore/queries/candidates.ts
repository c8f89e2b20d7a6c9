import { compareNames } from '../resource-name.ts';
import { compareValues } from '../values/compare.ts';
import { conjuncts, elementsOf, type Condition } from './filter.ts';
import type { DocumentSet, FieldIndex, IndexEntry } from '../storage/document-set.ts';
import type { Store } from '../storage/store.ts';
import type { StoredDocument } from '../storage/stored-document.ts';
import type { Value } from '../protos.ts';
import type { Query } from './query.ts';

/** Documents among which all results are. `inOrder` tells that they come in the query's order. */
export interface Candidates {
  readonly documents: Iterable<StoredDocument>;
  readonly inOrder: boolean;
}

/** Below this many documents a scan costs less than an index. */
const SCAN_LIMIT = 64;

/** The narrowest way to a query's results that names, equalities and orders allow. */
export function candidatesOf(query: Query, store: Store): Candidates {
  const conditions = conjuncts(query.filter);
  const named = conditions.find(
    ({ path, operator }) => path.isName && (operator === '==' || operator === 'in'),
  );
  if (named !== undefined) return { documents: documentsNamed(named, store), inOrder: false };
  if (query.scope.kind === 'descendants') {
    const sets = [...store.collectionsBelow(query.scope.parent)];
    return { documents: sets.flatMap(([, set]) => [...set.byName.ascending()]), inOrder: false };
  }
  const set =
    query.scope.kind === 'group' ? store.group(query.scope.key) : store.collection(query.scope.path);
  if (set.size <= SCAN_LIMIT) return byName(query, set, conditions);
  return (
    byEquality(query, set, conditions) ??
    byFirstOrder(query, set, conditions) ??
    byName(query, set, conditions)
  );
}

function documentsNamed({ operator, value }: Condition, store: Store): StoredDocument[] {
  const references = operator === 'in' ? elementsOf(value) : [value];
  const names = new Set(references.map((reference) => reference.referenceValue ?? ''));
  return [...names].map((name) => store.get(name)).filter((document) => document !== undefined);
}

/** Through the equality (or `in`) with the fewest entries. */
function byEquality(
  query: Query,
  set: DocumentSet,
  conditions: readonly Condition[],
): Candidates | undefined {
  let best: { index: FieldIndex; values: readonly Value[]; count: number } | undefined;
  for (const { path, operator, value } of conditions) {
    if (path.isName || (operator !== '==' && operator !== 'in')) continue;
    const index = set.indexOf(path);
    const values = operator === '==' ? [value] : distinct(elementsOf(value));
    let count = 0;
    for (const wanted of values) count += index.rank(isUpTo(wanted)) - index.rank(isBelow(wanted));
    if (best === undefined || count < best.count) best = { index, values, count };
  }
  if (best === undefined) return undefined;
  const { index, values } = best;
  const isByName = query.orders.length === 1 && query.orders[0]?.direction === 1;
  return { documents: entriesEqual(index, values), inOrder: isByName && values.length === 1 };
}

/** Along the index of the first order, between the bounds that ranges and cursors set. */
function byFirstOrder(
  query: Query,
  set: DocumentSet,
  conditions: readonly Condition[],
): Candidates | undefined {
  const [first, second, third] = query.orders;
  if (first === undefined || first.path.isName) return undefined;
  const index = set.indexOf(first.path);
  const { lower, upper } = boundsOf(query, conditions);
  const isAscending = first.direction === 1;
  const inOrder = third === undefined && second?.path.isName === true && second.direction === first.direction;
  return { documents: documentsBetween(index, lower, upper, isAscending), inOrder };
}

function byName(query: Query, set: DocumentSet, conditions: readonly Condition[]): Candidates {
  const [first] = query.orders;
  if (first?.path.isName !== true) return { documents: set.byName.ascending(), inOrder: false };
  const { lower, upper } = boundsOf(query, conditions);
  return { documents: namesBetween(set, lower, upper, first.direction === 1), inOrder: true };
}

/** The least and the greatest value of the first order among the results, both inclusive, as far as known. */
function boundsOf(
  query: Query,
  conditions: readonly Condition[],
): { lower: Value | undefined; upper: Value | undefined } {
  const first = query.orders[0];
  const lowers: Value[] = [];
  const uppers: Value[] = [];
  for (const { path, operator, value } of conditions) {
    if (path.canonical !== first?.path.canonical) continue;
    if (operator === '>' || operator === '>=') lowers.push(value);
    if (operator === '<' || operator === '<=') uppers.push(value);
  }
  const [start, end] = [query.startAt?.values[0], query.endAt?.values[0]];
  const isAscending = first?.direction === 1;
  if (start !== undefined) (isAscending ? lowers : uppers).push(start);
  if (end !== undefined) (isAscending ? uppers : lowers).push(end);
  return { lower: lowers.toSorted(compareValues).at(-1), upper: uppers.toSorted(compareValues)[0] };
}

function* documentsBetween(
  index: FieldIndex,
  lower: Value | undefined,
  upper: Value | undefined,
  isAscending: boolean,
): Generator<StoredDocument, void> {
  const entries = isAscending
    ? index.ascending(lower && isBelow(lower))
    : index.descending(upper && isUpTo(upper));
  for (const { value, document } of entries) {
    if (isAscending && upper !== undefined && compareValues(value, upper) > 0) return;
    if (!isAscending && lower !== undefined && compareValues(value, lower) < 0) return;
    yield document;
  }
}

function* namesBetween(
  set: DocumentSet,
  lower: Value | undefined,
  upper: Value | undefined,
  isAscending: boolean,
): Generator<StoredDocument, void> {
  const [least, greatest] = [lower?.referenceValue ?? undefined, upper?.referenceValue ?? undefined];
  const isBelowLeast = ({ name }: StoredDocument): boolean => compareNames(name, least ?? '') < 0;
  const isUpToGreatest = ({ name }: StoredDocument): boolean => compareNames(name, greatest ?? '') <= 0;
  const documents = isAscending
    ? set.byName.ascending(least === undefined ? undefined : isBelowLeast)
    : set.byName.descending(greatest === undefined ? undefined : isUpToGreatest);
  for (const document of documents) {
    if (isAscending && greatest !== undefined && !isUpToGreatest(document)) return;
    if (!isAscending && least !== undefined && isBelowLeast(document)) return;
    yield document;
  }
}

function* entriesEqual(index: FieldIndex, values: readonly Value[]): Generator<StoredDocument, void> {
  for (const wanted of values) {
    for (const { value, document } of index.ascending(isBelow(wanted))) {
      if (compareValues(value, wanted) !== 0) break;
      yield document;
    }
  }
}

function distinct(values: readonly Value[]): Value[] {
  return values.filter((value, i) => values.findIndex((other) => compareValues(other, value) === 0) === i);
}

const isBelow =
  (bound: Value) =>
  ({ value }: IndexEntry): boolean =>
    compareValues(value, bound) < 0;

const isUpTo =
  (bound: Value) =>
  ({ value }: IndexEntry): boolean =>
    compareValues(value, bound) <= 0;
