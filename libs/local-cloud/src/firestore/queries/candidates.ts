import { distinctValues, type IndexedField, type IndexEntry } from '../storage/document-index.ts';
import { compareValues } from '../values/compare.ts';
import { conjuncts, disjunctions, elementsOf, type Condition } from './filter.ts';
import { compareByOrders, type Query } from './query.ts';
import { positionOf } from './range.ts';
import type { DocumentSet } from '../storage/document-set.ts';
import type { OrderedSet } from '../storage/ordered-set.ts';
import type { Store } from '../storage/store.ts';
import type { StoredDocument } from '../storage/stored-document.ts';
import type { Value } from '../protos.ts';

/** Documents among which all results are. `inOrder` tells that they come in the query's order. */
export interface Candidates {
  readonly documents: Iterable<StoredDocument>;
  readonly inOrder: boolean;
}

/** Below this many documents a scan costs less than an index. */
const SCAN_LIMIT = 64;
/** With more alternatives than production allows, they are not worth an index each. */
const MAX_ALTERNATIVES = 64;

/** One value for each field that an alternative compares for equality, and at most one element of an array. */
interface Alternative {
  readonly fields: readonly IndexedField[];
  readonly values: readonly Value[];
}

/** The narrowest way to a query's results: by name, or along one index for each of its alternatives. */
export function candidatesOf(query: Query, store: Store): Candidates {
  const named = conjuncts(query.filter).find(
    ({ path, operator }) => path.isName && (operator === '==' || operator === 'in'),
  );
  if (named !== undefined) return { documents: documentsNamed(named, store), inOrder: false };
  if (query.scope.kind === 'descendants') {
    const sets = [...store.collectionsBelow(query.scope.parent)];
    return { documents: sets.flatMap(([, set]) => [...set.byName.ascending()]), inOrder: false };
  }
  const set =
    query.scope.kind === 'group' ? store.group(query.scope.key) : store.collection(query.scope.path);
  if (set.size <= SCAN_LIMIT) return { documents: set.byName.ascending(), inOrder: false };
  const alternatives = disjunctions(query.filter).flatMap(alternativesOf);
  if (alternatives.length > MAX_ALTERNATIVES) return { documents: set.byName.ascending(), inOrder: false };
  const runs = alternatives.map((alternative) => along(alternative, query, set));
  return { documents: runs.length === 1 ? (runs[0] ?? []) : merged(runs, query), inOrder: true };
}

function documentsNamed({ operator, value }: Condition, store: Store): StoredDocument[] {
  const references = operator === 'in' ? elementsOf(value) : [value];
  const names = new Set(references.map((reference) => reference.referenceValue ?? ''));
  return [...names].map((name) => store.get(name)).filter((document) => document !== undefined);
}

/** Conditions that all hold, with each value of `in` and `array-contains-any` as an alternative of its own. */
function alternativesOf(conditions: readonly Condition[]): Alternative[] {
  let alternatives: Alternative[] = [{ fields: [], values: [] }];
  let hasElement = false;
  const sorted = conditions.toSorted((a, b) => (a.path.canonical < b.path.canonical ? -1 : 1));
  for (const { path, operator, value } of sorted) {
    const isElement = operator === 'array-contains' || operator === 'array-contains-any';
    const isEqual = operator === '==' || operator === 'in';
    if (path.isName || !(isEqual || (isElement && !hasElement))) continue;
    hasElement ||= isElement;
    const isOne = operator === '==' || operator === 'array-contains';
    const field: IndexedField = { path, mode: isElement ? 'element' : 'value', direction: 1 };
    alternatives = alternatives.flatMap(({ fields, values }) =>
      (isOne ? [value] : distinctValues(elementsOf(value))).map((wanted) => ({
        fields: [...fields, field],
        values: [...values, wanted],
      })),
    );
  }
  return alternatives;
}

/** The documents of an alternative in the query's order, from where its ranges and cursors begin to where they end. */
function along(alternative: Alternative, query: Query, set: DocumentSet): Iterable<StoredDocument, void> {
  const constant = new Set(
    alternative.fields.filter(({ mode }) => mode === 'value').map(({ path }) => path.canonical),
  );
  const orders = query.orders.filter(({ path }) => !constant.has(path.canonical));
  const isReversed = orders[0]?.direction === -1;
  const sign = isReversed ? -1 : 1;
  const sorted = orders
    .filter(({ path }) => !path.isName)
    .map(({ path, direction }): IndexedField => ({
      path,
      mode: 'value',
      direction: direction === sign ? 1 : -1,
    }));
  const byName = (orders.at(-1)?.direction ?? 1) === sign ? 1 : -1;
  const position = positionOf(query, orders[0]);
  const fields = [...alternative.fields, ...sorted];
  if (fields.length === 0) return between(set.byName, (document) => position(document) * sign, isReversed);
  const { entries } = set.index({ fields, byName });
  return documentsOf(
    between(
      entries,
      (entry) => comparePrefix(entry, alternative.values) || position(entry.document) * sign,
      isReversed,
    ),
  );
}

function comparePrefix({ values }: IndexEntry, wanted: readonly Value[]): number {
  for (const [i, value] of wanted.entries()) {
    const order = compareValues(values[i] ?? {}, value);
    if (order !== 0) return order;
  }
  return 0;
}

/** The items at position 0, in the order of the set or against it. */
function* between<T extends object>(
  set: OrderedSet<T>,
  position: (item: T) => number,
  isReversed: boolean,
): Generator<T, void> {
  const items = isReversed
    ? set.descending((item) => position(item) <= 0)
    : set.ascending((item) => position(item) < 0);
  for (const item of items) {
    if (position(item) !== 0) return;
    yield item;
  }
}

function* documentsOf(entries: Iterable<IndexEntry>): Generator<StoredDocument, void> {
  for (const { document } of entries) yield document;
}

/** Ordered runs as one, each document once. */
function* merged(
  runs: readonly Iterable<StoredDocument, void>[],
  query: Query,
): Generator<StoredDocument, void> {
  const heads: { readonly rest: Iterator<StoredDocument, void>; document: StoredDocument }[] = [];
  for (const run of runs) {
    const rest = run[Symbol.iterator]();
    const { done, value } = rest.next();
    if (done !== true) heads.push({ rest, document: value });
  }
  let last: StoredDocument | undefined;
  while (heads.length > 0) {
    const first = heads.reduce((least, head) =>
      compareByOrders(head.document, least.document, query.orders) < 0 ? head : least,
    );
    if (first.document !== last) yield first.document;
    last = first.document;
    const { done, value } = first.rest.next();
    if (done === true) heads.splice(heads.indexOf(first), 1);
    else first.document = value;
  }
}
