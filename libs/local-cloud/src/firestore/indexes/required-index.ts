import { disjunctions, isRange, type Condition } from '../queries/filter.ts';
import {
  modeOf,
  type CompositeIndex,
  type FieldOverride,
  type IndexDefinitions,
  type IndexMode,
} from './index-file.ts';
import type { Nearest } from '../queries/find-nearest.ts';
import type { Query } from '../queries/query.ts';

type Direction = 'ASCENDING' | 'DESCENDING';

/** What one alternative of a query asks of its indexes. */
interface Need {
  readonly collectionGroup: string;
  readonly queryScope: string;
  /** Fields compared with single values, and whether as elements of an array: any order, any direction. */
  readonly equal: ReadonlyMap<string, 'value' | 'element'>;
  /** Fields that the results are sorted by: this order, these directions. */
  readonly sorted: readonly { readonly fieldPath: string; readonly order: Direction }[];
  /** The direction of `__name__`, the last sort of every query. */
  readonly byName: Direction;
}

/**
 * The first definition that a query lacks; undefined when it can be answered.
 *
 * Rules of production: every alternative needs indexes that start with its equalities and end with its sort orders in
 * their directions; several such indexes are merged. None is read backwards: the opposite sort needs a definition of
 * its own. Source: https://firebase.google.com/docs/firestore/query-data/index-overview
 */
export function missingIndex(
  query: Query,
  aggregated: readonly string[],
  definitions: IndexDefinitions,
): CompositeIndex | FieldOverride | undefined {
  if (query.scope.kind === 'descendants') return undefined;
  if (query.nearest !== undefined) return missingVectorIndex(query, query.nearest, query.scope, definitions);
  for (const conditions of disjunctions(query.filter)) {
    const need = needOf(query, conditions, aggregated, query.scope);
    if (need !== undefined && !isServed(need, definitions)) return entryFor(need, definitions);
  }
  return undefined;
}

/** A vector search needs one index for each alternative: the fields filtered for equality, then the vector. */
function missingVectorIndex(
  query: Query,
  { path, vector }: Nearest,
  { kind, collectionId }: { readonly kind: 'collection' | 'group'; readonly collectionId: string },
  definitions: IndexDefinitions,
): CompositeIndex | undefined {
  const queryScope = kind === 'group' ? 'COLLECTION_GROUP' : 'COLLECTION';
  const vectorField = { fieldPath: path.canonical, vectorConfig: { dimension: vector.length, flat: {} } };
  for (const conditions of disjunctions(query.filter)) {
    const filtered = new Set(conditions.map((condition) => condition.path.canonical));
    const hasIndex = definitions.composites(collectionId, queryScope).some(({ fields }) => {
      const last = fields.at(-1);
      const before = fields.slice(0, -1);
      return (
        last?.fieldPath === vectorField.fieldPath &&
        last.vectorConfig?.dimension === vector.length &&
        before.length === filtered.size &&
        before.every(({ fieldPath }) => filtered.has(fieldPath))
      );
    });
    if (hasIndex) continue;
    const before = [...filtered].map((fieldPath) => ({ fieldPath, order: 'ASCENDING' }));
    return { collectionGroup: collectionId, queryScope, fields: [...before, vectorField] };
  }
  return undefined;
}

function needOf(
  query: Query,
  conditions: readonly Condition[],
  aggregated: readonly string[],
  scope: { readonly kind: 'collection' | 'group'; readonly collectionId: string },
): Need | undefined {
  // Documents given by name are fetched, not searched.
  if (conditions.some(({ path, operator }) => path.isName && (operator === '==' || operator === 'in'))) {
    return undefined;
  }
  const equal = new Map<string, 'value' | 'element'>();
  for (const condition of conditions) {
    if (condition.path.isName || isRange(condition)) continue;
    const isElement = condition.operator.startsWith('array-contains');
    equal.set(condition.path.canonical, isElement ? 'element' : 'value');
  }
  const sorted = query.orders
    .filter(({ path }) => !path.isName && equal.get(path.canonical) !== 'value')
    .map(({ path, direction }) => ({ fieldPath: path.canonical, order: directionOf(direction) }));
  for (const fieldPath of aggregated) {
    if (equal.has(fieldPath) || sorted.some((sort) => sort.fieldPath === fieldPath)) continue;
    sorted.push({ fieldPath, order: sorted.at(-1)?.order ?? 'ASCENDING' });
  }
  return {
    collectionGroup: scope.collectionId,
    queryScope: scope.kind === 'group' ? 'COLLECTION_GROUP' : 'COLLECTION',
    equal,
    sorted,
    byName: directionOf(query.orders.at(-1)?.direction ?? 1),
  };
}

function isServed(need: Need, definitions: IndexDefinitions): boolean {
  if (need.equal.size === 0 && need.sorted.length === 0 && need.byName === 'ASCENDING') return true;
  const covered = new Set<string>();
  let isUsable = false;
  for (const index of indexesFor(need, definitions)) {
    const prefix = usablePrefix(index, need);
    if (prefix === undefined) continue;
    isUsable = true;
    for (const fieldPath of prefix) covered.add(fieldPath);
  }
  return isUsable && [...need.equal.keys()].every((fieldPath) => covered.has(fieldPath));
}

/** The composites of the collection, and the single-field indexes of the fields in question. */
function indexesFor(need: Need, definitions: IndexDefinitions): CompositeIndex[] {
  const { collectionGroup, queryScope } = need;
  const fieldPaths = new Set([...need.equal.keys(), ...need.sorted.map((sort) => sort.fieldPath)]);
  const single = [...fieldPaths].flatMap((fieldPath) =>
    definitions
      .single(collectionGroup, fieldPath)
      .filter((config) => (config.queryScope ?? 'COLLECTION') === queryScope)
      .map((config) => ({ collectionGroup, fields: [{ fieldPath, ...config }] })),
  );
  return [...definitions.composites(collectionGroup, queryScope), ...single];
}

/** The equality fields that an index with the needed sort orders starts with; undefined when it does not serve. */
function usablePrefix(index: CompositeIndex, need: Need): string[] | undefined {
  const fields = index.fields.map((field) => ({ fieldPath: field.fieldPath, mode: modeOf(field) }));
  const byName: IndexMode | undefined =
    fields.at(-1)?.fieldPath === '__name__' ? fields.pop()?.mode : defaultNameOrder(fields.at(-1)?.mode);
  if (byName !== need.byName || fields.length < need.sorted.length) return undefined;
  const suffix = fields.splice(fields.length - need.sorted.length);
  const isSorted = need.sorted.every(
    ({ fieldPath, order }, i) => suffix[i]?.fieldPath === fieldPath && suffix[i].mode === order,
  );
  if (!isSorted) return undefined;
  const isEqual = fields.every(({ fieldPath, mode }) => {
    const kind = need.equal.get(fieldPath);
    return kind !== undefined && mode !== undefined && (kind === 'element') === (mode === 'CONTAINS');
  });
  return isEqual ? fields.map(({ fieldPath }) => fieldPath) : undefined;
}

/** The missing definition: an entry of `fieldOverrides` when one field suffices, else one of `indexes`. */
function entryFor(need: Need, definitions: IndexDefinitions): CompositeIndex | FieldOverride {
  const { collectionGroup, queryScope } = need;
  const fields = [
    ...[...need.equal].map(([fieldPath, kind]) =>
      kind === 'element' ? { fieldPath, arrayConfig: 'CONTAINS' } : { fieldPath, order: 'ASCENDING' },
    ),
    ...need.sorted,
  ];
  const [only, ...more] = fields;
  const isEquality = need.sorted.length === 0;
  if (only !== undefined && more.length === 0) {
    const { fieldPath, ...config } = 'order' in only && isEquality ? { ...only, order: need.byName } : only;
    if (defaultNameOrder(modeOf(config)) === need.byName) {
      const indexes = [...definitions.single(collectionGroup, fieldPath), { ...config, queryScope }];
      return { ...definitions.override(collectionGroup, fieldPath), collectionGroup, fieldPath, indexes };
    }
  }
  const last = fields.at(-1);
  const nameOrder = last === undefined ? undefined : defaultNameOrder(modeOf(last));
  if (nameOrder === need.byName) return { collectionGroup, queryScope, fields };
  return { collectionGroup, queryScope, fields: [...fields, { fieldPath: '__name__', order: need.byName }] };
}

/** Entries that are equal in all fields lie by name, in the direction of the last field. */
function defaultNameOrder(last: IndexMode | undefined): IndexMode | undefined {
  return last === 'CONTAINS' ? 'ASCENDING' : last;
}

const directionOf = (direction: 1 | -1): Direction => (direction === 1 ? 'ASCENDING' : 'DESCENDING');
