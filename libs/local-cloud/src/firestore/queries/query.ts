import { MAX_INEQUALITY_FIELDS, MAX_QUERY_TERMS } from '../limits.ts';
import { checkCollectionId, checkParentName, groupKey } from '../resource-name.ts';
import { invalidArgument } from '../status.ts';
import { compareValues } from '../values/compare.ts';
import { parseFieldPath, type FieldPath } from '../values/field-path.ts';
import { compareUtf8 } from '../values/strings.ts';
import { v1, type Cursor as CursorProto, type StructuredQuery, type Value } from '../protos.ts';
import { parseNearest, type Nearest } from './find-nearest.ts';
import { checkTogether } from './filter-rules.ts';
import { conditionsOf, isRange, matchesFilter, parseFilter, valueAt, type Filter } from './filter.ts';
import type { StoredDocument } from '../storage/stored-document.ts';

export interface Order {
  readonly path: FieldPath;
  readonly direction: 1 | -1;
}

/** A position between documents: `before` or after those whose first order values equal `values`. */
export interface Cursor {
  readonly values: readonly Value[];
  readonly before: boolean;
}

/** Where a query looks: one collection, all collections of one id below a parent, or every document below it. */
export type Scope =
  | { readonly kind: 'collection'; readonly path: string; readonly collectionId: string }
  | { readonly kind: 'group'; readonly key: string; readonly collectionId: string; readonly parent: string }
  | { readonly kind: 'descendants'; readonly parent: string };

/** A query as it is evaluated: orders are complete and end with `__name__`. */
export interface Query {
  readonly scope: Scope;
  readonly filter: Filter;
  readonly orders: readonly Order[];
  readonly startAt: Cursor | undefined;
  readonly endAt: Cursor | undefined;
  readonly offset: number;
  readonly limit: number | undefined;
  /** Fields that aggregations read: a document without one of them is in none of their indexes. */
  readonly required: readonly FieldPath[];
  readonly nearest: Nearest | undefined;
  /** The fields to return; undefined returns all. */
  readonly select: readonly FieldPath[] | undefined;
}

const NAME = parseFieldPath('__name__');

/** Throws INVALID_ARGUMENT for a query that production refuses. */
export function parseQuery(
  parent: string,
  proto: StructuredQuery,
  aggregated: readonly string[] = [],
): Query {
  checkParentName(parent);
  const filter = parseFilter(proto.where);
  checkTogether(filter);
  checkTerms(parent, proto, filter);
  const orders = completeOrders(proto, filter);
  const limit = proto.limit?.value ?? undefined;
  if (limit !== undefined && limit < 0) throw invalidArgument('limit is negative');
  if ((proto.offset ?? 0) < 0) throw invalidArgument('offset is negative');
  return {
    scope: parseScope(parent, proto),
    filter,
    orders,
    startAt: parseCursor(proto.startAt, orders),
    endAt: parseCursor(proto.endAt, orders),
    offset: proto.offset ?? 0,
    limit,
    required: aggregated.map(parseFieldPath),
    nearest: proto.findNearest == null ? undefined : parseNearest(proto.findNearest),
    select: proto.select?.fields?.map((field) => parseFieldPath(field.fieldPath ?? '')),
  };
}

/** Whether a document belongs to the results, but for offset and limit. */
export function matchesQuery(document: StoredDocument, query: Query): boolean {
  return (
    isInScope(document, query.scope) &&
    matchesFilter(document, query.filter) &&
    query.orders.every(({ path }) => valueAt(document, path) !== undefined) &&
    query.required.every((path) => valueAt(document, path) !== undefined) &&
    isInsideCursors(document, query)
  );
}

export function compareByOrders(a: StoredDocument, b: StoredDocument, orders: readonly Order[]): number {
  for (const { path, direction } of orders) {
    const order = compareValues(valueAt(a, path) ?? {}, valueAt(b, path) ?? {});
    if (order !== 0) return order * direction;
  }
  return 0;
}

function isInScope({ name }: StoredDocument, scope: Scope): boolean {
  if (scope.kind === 'collection') {
    return name.startsWith(scope.path) && name.lastIndexOf('/') === scope.path.length;
  }
  const isBelow = name.startsWith(scope.parent) && name[scope.parent.length] === '/';
  if (scope.kind === 'descendants') return isBelow;
  return isBelow && name.endsWith(`/${scope.collectionId}`, name.lastIndexOf('/'));
}

function isInsideCursors(document: StoredDocument, { startAt, endAt, orders }: Query): boolean {
  if (startAt !== undefined) {
    const order = compareWithCursor(document, startAt, orders);
    if (startAt.before ? order < 0 : order <= 0) return false;
  }
  if (endAt !== undefined) {
    const order = compareWithCursor(document, endAt, orders);
    if (endAt.before ? order >= 0 : order > 0) return false;
  }
  return true;
}

/** Where a document lies against a cursor in the query's order: negative before it, zero at it. */
export function compareWithCursor(
  document: StoredDocument,
  cursor: Cursor,
  orders: readonly Order[],
): number {
  for (const [i, value] of cursor.values.entries()) {
    const order = orders[i];
    if (order === undefined) break;
    const result = compareValues(valueAt(document, order.path) ?? {}, value);
    if (result !== 0) return result * order.direction;
  }
  return 0;
}

function parseScope(parent: string, proto: StructuredQuery): Scope {
  const [from, ...others] = proto.from ?? [];
  if (from === undefined || others.length > 0)
    throw invalidArgument('The query needs exactly one collection.');
  const collectionId = from.collectionId ?? '';
  if (collectionId === '') {
    if (from.allDescendants !== true) throw invalidArgument('The query needs a collection id.');
    return { kind: 'descendants', parent };
  }
  checkCollectionId(collectionId);
  if (from.allDescendants === true) {
    return { kind: 'group', key: groupKey(parent, collectionId), collectionId, parent };
  }
  return { kind: 'collection', path: `${parent}/${collectionId}`, collectionId };
}

function checkTerms(parent: string, proto: StructuredQuery, filter: Filter): void {
  const hasParentDocument = !parent.endsWith('/documents');
  const terms = conditionsOf(filter).length + (proto.orderBy?.length ?? 0) + Number(hasParentDocument);
  if (terms > MAX_QUERY_TERMS) {
    throw invalidArgument(
      `The query has ${terms} filters, sort orders and parent documents; ${MAX_QUERY_TERMS} are allowed.`,
    );
  }
}

/** The orders asked for, then the fields of range filters by name, then `__name__`: each in the last direction. */
function completeOrders(proto: StructuredQuery, filter: Filter): Order[] {
  const { DESCENDING } = v1.StructuredQuery.Direction;
  const orders = (proto.orderBy ?? []).map(({ field, direction }): Order => ({
    path: parseFieldPath(field?.fieldPath ?? ''),
    direction: direction === DESCENDING || direction === 'DESCENDING' ? -1 : 1,
  }));
  const ranges = new Map(
    conditionsOf(filter)
      .filter(isRange)
      .map(({ path }) => [path.canonical, path]),
  );
  if (ranges.size > MAX_INEQUALITY_FIELDS) {
    throw invalidArgument(`The query has inequality filters on more than ${MAX_INEQUALITY_FIELDS} fields.`);
  }
  const named = orders.findIndex(({ path }) => path.isName);
  if (named !== -1) return orders.slice(0, named + 1);
  const direction = orders.at(-1)?.direction ?? 1;
  for (const path of [...ranges.values()].toSorted((a, b) => compareUtf8(a.canonical, b.canonical))) {
    if (path.isName || orders.some((order) => order.path.canonical === path.canonical)) continue;
    orders.push({ path, direction });
  }
  return [...orders, { path: NAME, direction }];
}

function parseCursor(proto: CursorProto | null | undefined, orders: readonly Order[]): Cursor | undefined {
  if (proto == null) return undefined;
  const values = proto.values ?? [];
  if (values.length > orders.length) throw invalidArgument('Cursor has too many values.');
  values.forEach((value, i) => {
    if (orders[i]?.path.isName === true && value.referenceValue == null) {
      throw invalidArgument('Cursor position for __name__ must be a document reference.');
    }
  });
  return { values, before: proto.before ?? false };
}
