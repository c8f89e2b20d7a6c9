import { MAX_DISJUNCTIONS, MAX_NOT_IN_VALUES } from '../limits.ts';
import { invalidArgument } from '../status.ts';
import { compareValues, equalValues, isNaNValue, Rank, rankOf } from '../values/compare.ts';
import { getField, parseFieldPath, type FieldPath } from '../values/field-path.ts';
import { v1, type Filter as FilterProto, type Value } from '../protos.ts';
import type { StoredDocument } from '../storage/stored-document.ts';

export type Operator =
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | 'not-in'
  | 'array-contains'
  | 'array-contains-any';

/** A test of one field. For `in`, `not-in` and `array-contains-any` the value is an array. */
export interface Condition {
  readonly path: FieldPath;
  readonly operator: Operator;
  readonly value: Value;
}

export type Filter = Condition | { readonly every: readonly Filter[] } | { readonly some: readonly Filter[] };

const OPERATORS: Readonly<Record<string, Operator>> = {
  LESS_THAN: '<',
  LESS_THAN_OR_EQUAL: '<=',
  GREATER_THAN: '>',
  GREATER_THAN_OR_EQUAL: '>=',
  EQUAL: '==',
  NOT_EQUAL: '!=',
  ARRAY_CONTAINS: 'array-contains',
  IN: 'in',
  ARRAY_CONTAINS_ANY: 'array-contains-any',
  NOT_IN: 'not-in',
};

const UNARY_OPERATORS: Readonly<Record<string, readonly [Operator, Value]>> = {
  IS_NAN: ['==', { doubleValue: Number.NaN }],
  IS_NULL: ['==', { nullValue: 'NULL_VALUE' }],
  IS_NOT_NAN: ['!=', { doubleValue: Number.NaN }],
  IS_NOT_NULL: ['!=', { nullValue: 'NULL_VALUE' }],
};

const RANGES: ReadonlySet<Operator> = new Set(['<', '<=', '>', '>=', '!=', 'not-in']);

/** Whether a condition selects a range of an index rather than single values. */
export const isRange = (condition: Condition): boolean => RANGES.has(condition.operator);

/** Throws INVALID_ARGUMENT for a filter that production refuses. */
export function parseFilter(proto: FilterProto | null | undefined): Filter {
  if (proto == null) return { every: [] };
  const filter = parse(proto);
  if (countDisjunctions(filter) > MAX_DISJUNCTIONS) {
    throw invalidArgument(`The query has more than ${MAX_DISJUNCTIONS} disjunctions.`);
  }
  return filter;
}

/** The value of a field as filters and orders see it: `__name__` is a reference to the document. */
export function valueAt(document: StoredDocument, path: FieldPath): Value | undefined {
  return path.isName ? { referenceValue: document.name } : getField(document.fields, path);
}

export function matchesFilter(document: StoredDocument, filter: Filter): boolean {
  if ('every' in filter) return filter.every.every((part) => matchesFilter(document, part));
  if ('some' in filter) return filter.some.some((part) => matchesFilter(document, part));
  const value = valueAt(document, filter.path);
  return value !== undefined && matchesCondition(value, filter);
}

/** All conditions, wherever they stand. */
export function conditionsOf(filter: Filter): Condition[] {
  if ('every' in filter) return filter.every.flatMap(conditionsOf);
  if ('some' in filter) return filter.some.flatMap(conditionsOf);
  return [filter];
}

/** The conditions that every result satisfies. */
export function conjuncts(filter: Filter): Condition[] {
  if ('every' in filter) return filter.every.flatMap(conjuncts);
  return 'some' in filter ? [] : [filter];
}

/** The filter as alternatives of conditions, with `in` and `array-contains-any` taken as one alternative. */
export function disjunctions(filter: Filter): Condition[][] {
  if ('some' in filter) return filter.some.flatMap(disjunctions);
  if ('every' in filter) {
    return filter.every
      .map(disjunctions)
      .reduce<Condition[][]>(
        (product, alternatives) =>
          product.flatMap((left) => alternatives.map((right) => [...left, ...right])),
        [[]],
      );
  }
  return [[filter]];
}

export const elementsOf = (value: Value): readonly Value[] => value.arrayValue?.values ?? [];

function parse(proto: FilterProto): Filter {
  if (proto.compositeFilter != null) {
    const filters = (proto.compositeFilter.filters ?? []).map(parse);
    const { AND, OR } = v1.StructuredQuery.CompositeFilter.Operator;
    const { op } = proto.compositeFilter;
    if (op === OR || op === 'OR') return { some: filters };
    if (op === AND || op === 'AND') return { every: filters };
    throw invalidArgument('A composite filter needs the operator AND or OR.');
  }
  if (proto.unaryFilter != null) {
    const { op, field } = proto.unaryFilter;
    const known = UNARY_OPERATORS[operatorName(v1.StructuredQuery.UnaryFilter.Operator, op)];
    if (known === undefined) throw invalidArgument('A unary filter needs an operator.');
    return { path: parseFieldPath(field?.fieldPath ?? ''), operator: known[0], value: known[1] };
  }
  const { op, field, value } = proto.fieldFilter ?? {};
  const operator = OPERATORS[operatorName(v1.StructuredQuery.FieldFilter.Operator, op)];
  if (operator === undefined || value == null)
    throw invalidArgument('A field filter needs operator and value.');
  const condition = { path: parseFieldPath(field?.fieldPath ?? ''), operator, value };
  checkOperand(condition);
  return condition;
}

/** The size of the disjunctive normal form, each value of `in` and `array-contains-any` counted. */
function countDisjunctions(filter: Filter): number {
  if ('some' in filter) return filter.some.reduce((sum, part) => sum + countDisjunctions(part), 0);
  if ('every' in filter) return filter.every.reduce((product, part) => product * countDisjunctions(part), 1);
  const isAny = filter.operator === 'in' || filter.operator === 'array-contains-any';
  return isAny ? elementsOf(filter.value).length : 1;
}

function operatorName(
  names: Readonly<Record<number, string>>,
  operator: string | number | null | undefined,
): string {
  return typeof operator === 'number' ? (names[operator] ?? '') : (operator ?? '');
}

function checkOperand({ path, operator, value }: Condition): void {
  if (operator !== 'in' && operator !== 'not-in' && operator !== 'array-contains-any') {
    if (path.isName) checkReference(value);
    return;
  }
  const elements = elementsOf(value);
  const name = operator.toUpperCase().replaceAll('-', '_');
  if (elements.length === 0) throw invalidArgument(`'${name}' requires an non-empty ArrayValue.`);
  const limit = operator === 'not-in' ? MAX_NOT_IN_VALUES : MAX_DISJUNCTIONS;
  if (elements.length > limit) throw invalidArgument(`'${name}' supports up to ${limit} comparison values.`);
  if (path.isName) for (const element of elements) checkReference(element);
}

function checkReference(value: Value): void {
  if (value.referenceValue == null) throw invalidArgument('__key__ filter value must be a Key');
}

function matchesCondition(value: Value, { operator, value: operand }: Condition): boolean {
  switch (operator) {
    case '==':
      return equalValues(value, operand);
    case '!=':
      return rankOf(value) !== Rank.null && !equalValues(value, operand);
    case '<':
      return isComparable(value, operand) && compareValues(value, operand) < 0;
    case '<=':
      return isComparable(value, operand) && compareValues(value, operand) <= 0;
    case '>':
      return isComparable(value, operand) && compareValues(value, operand) > 0;
    case '>=':
      return isComparable(value, operand) && compareValues(value, operand) >= 0;
    case 'in':
      return elementsOf(operand).some((element) => equalValues(value, element));
    case 'not-in': {
      const excluded = elementsOf(operand);
      if (rankOf(value) === Rank.null) return false;
      return !excluded.some((element) => rankOf(element) === Rank.null || equalValues(value, element));
    }
    case 'array-contains':
      return elementsOf(value).some((element) => equalValues(element, operand));
    case 'array-contains-any':
      return elementsOf(value).some((element) =>
        elementsOf(operand).some((wanted) => equalValues(element, wanted)),
      );
  }
}

/** A range holds values of its operand's type, and NaN counts as a type of its own, before all numbers. */
function isComparable(value: Value, operand: Value): boolean {
  return rankOf(value) === rankOf(operand) && isNaNValue(value) === isNaNValue(operand);
}
