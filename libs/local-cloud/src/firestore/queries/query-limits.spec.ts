import { describe, expect, it } from '@jest/globals';
import { aggregatedFields } from './aggregate.ts';
import { parseQuery } from './query.ts';
import type { Filter, StructuredQuery, Value } from '../protos.ts';

const ROOT = 'projects/p/databases/d/documents';
const numbers = (count: number): Value[] =>
  Array.from({ length: count }, (_, integerValue) => ({ integerValue }));
const listOf = (count: number): Value => ({ arrayValue: { values: numbers(count) } });

type Operator = NonNullable<NonNullable<Filter['fieldFilter']>['op']>;

function condition(fieldPath: string, op: Operator, value: Value = { integerValue: 1 }): Filter {
  return { fieldFilter: { field: { fieldPath }, op, value } };
}

const every = (...filters: Filter[]): Filter => ({ compositeFilter: { op: 'AND', filters } });
const some = (...filters: Filter[]): Filter => ({ compositeFilter: { op: 'OR', filters } });
const each = (count: number, of: (i: number) => Filter): Filter[] =>
  Array.from({ length: count }, (_, i) => of(i));
const orders = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    field: { fieldPath: `o${i}` },
    direction: 'ASCENDING' as const,
  }));
const vector = (count: number): Value => ({
  mapValue: { fields: { __type__: { stringValue: '__vector__' }, value: listOf(count) } },
});
const nearest = (dimension: number, limit: number): StructuredQuery => ({
  findNearest: {
    vectorField: { fieldPath: 'v' },
    queryVector: vector(dimension),
    distanceMeasure: 'EUCLIDEAN',
    limit: { value: limit },
  },
});

function ask(query: StructuredQuery, parent = ROOT): void {
  parseQuery(parent, { from: [{ collectionId: 'c' }], ...query });
}

describe('a query', () => {
  it.each<[what: string, last: number, ask: (count: number) => void]>([
    ['values of in', 30, (n) => ask({ where: condition('a', 'IN', listOf(n)) })],
    [
      'values of array-contains-any',
      30,
      (n) => ask({ where: condition('a', 'ARRAY_CONTAINS_ANY', listOf(n)) }),
    ],
    ['values of not-in', 10, (n) => ask({ where: condition('a', 'NOT_IN', listOf(n)) })],
    ['alternatives', 30, (n) => ask({ where: some(...each(n, (i) => condition(`a${i}`, 'EQUAL'))) })],
    [
      'alternatives of an in and an or',
      15,
      (n) =>
        ask({
          where: every(
            condition('a', 'IN', listOf(n)),
            some(condition('b', 'EQUAL'), condition('d', 'EQUAL')),
          ),
        }),
    ],
    [
      'alternatives, as each in of an or adds its values',
      29,
      (n) => ask({ where: some(condition('a', 'IN', listOf(n)), condition('b', 'EQUAL')) }),
    ],
    [
      'fields with a range',
      10,
      (n) => ask({ where: every(...each(n, (i) => condition(`a${i}`, 'LESS_THAN'))) }),
    ],
    [
      'fields with a range, ordered by name',
      10,
      (n) =>
        ask({
          where: every(...each(n, (i) => condition(`a${i}`, 'LESS_THAN'))),
          orderBy: [{ field: { fieldPath: '__name__' } }],
        }),
    ],
    ['ranges of one field', 100, (n) => ask({ where: every(...each(n, () => condition('a', 'LESS_THAN'))) })],
    [
      'filters and orders in a root collection',
      50,
      (n) => ask({ where: every(...each(n, (i) => condition(`a${i}`, 'EQUAL'))), orderBy: orders(50) }),
    ],
    [
      'filters and orders below a document',
      49,
      (n) =>
        ask(
          { where: every(...each(n, (i) => condition(`a${i}`, 'EQUAL'))), orderBy: orders(50) },
          `${ROOT}/c/d`,
        ),
    ],
    [
      'array-contains',
      1,
      (n) => ask({ where: every(...each(n, (i) => condition(`a${i}`, 'ARRAY_CONTAINS'))) }),
    ],
    ['!= filters', 1, (n) => ask({ where: every(...each(n, (i) => condition(`a${i}`, 'NOT_EQUAL'))) })],
    [
      'values of a cursor over an order and the name',
      2,
      (n) => {
        const values = [...numbers(1), { referenceValue: `${ROOT}/c/d` }, ...numbers(1)].slice(0, n);
        ask({ orderBy: orders(1), startAt: { values } });
      },
    ],
    ['dimensions of a vector', 2048, (n) => ask(nearest(n, 1))],
    ['neighbours', 1000, (n) => ask(nearest(1, n))],
    ['aggregations', 5, (n) => void aggregatedFields(Array.from({ length: n }, () => ({ count: {} })))],
    ['collections', 1, (n) => ask({ from: Array.from({ length: n }, () => ({ collectionId: 'c' })) })],
    ['bytes of a collection id', 1500, (n) => ask({ from: [{ collectionId: 'c'.repeat(n) }] })],
  ])('may have %s up to %d', (_what, last, askFor) => {
    expect(() => askFor(last)).not.toThrow();
    expect(() => askFor(last + 1)).toThrow(expect.objectContaining({ code: 3 }));
  });

  it.each<[what: string, first: number, ask: (count: number) => void]>([
    ['a limit', 0, (n) => ask({ limit: { value: n } })],
    ['an offset', 0, (n) => ask({ offset: n })],
    ['values of in', 1, (n) => ask({ where: condition('a', 'IN', listOf(n)) })],
    ['values of not-in', 1, (n) => ask({ where: condition('a', 'NOT_IN', listOf(n)) })],
    ['neighbours', 1, (n) => ask(nearest(1, n))],
    ['dimensions of a vector', 1, (n) => ask(nearest(n, 1))],
    ['a count up to', 1, (n) => void aggregatedFields([{ count: { upTo: { value: n } } }])],
  ])('must have %s from %d on', (_what, first, askFor) => {
    expect(() => askFor(first)).not.toThrow();
    expect(() => askFor(Math.max(first - 1, -1))).toThrow(expect.objectContaining({ code: 3 }));
  });

  it.each<[what: string, where: Filter]>([
    ['!= and ranges of other fields', every(condition('a', 'NOT_EQUAL'), condition('b', 'LESS_THAN'))],
    ['!= and in', every(condition('a', 'NOT_EQUAL'), condition('b', 'IN', listOf(2)))],
    [
      '!= and array-contains-any',
      every(condition('a', 'NOT_EQUAL'), condition('b', 'ARRAY_CONTAINS_ANY', listOf(2))),
    ],
    ['!= in an or', some(condition('a', 'NOT_EQUAL'), condition('b', 'EQUAL'))],
    [
      'not-in and array-contains',
      every(condition('a', 'NOT_IN', listOf(1)), condition('b', 'ARRAY_CONTAINS')),
    ],
    ['not-in and equality', every(condition('a', 'NOT_IN', listOf(1)), condition('b', 'EQUAL'))],
    [
      'array-contains in each alternative',
      some(condition('a', 'ARRAY_CONTAINS'), condition('b', 'ARRAY_CONTAINS')),
    ],
    ['in twice', every(condition('a', 'IN', listOf(2)), condition('b', 'IN', listOf(2)))],
    ['a name compared with a name', condition('__name__', 'EQUAL', { referenceValue: `${ROOT}/c/d` })],
  ])('may have %s', (_what, where) => {
    expect(() => ask({ where })).not.toThrow();
  });

  it.each<[what: string, where: Filter]>([
    ['!= twice, in different alternatives', some(condition('a', 'NOT_EQUAL'), condition('b', 'NOT_EQUAL'))],
    [
      '!= and not null',
      every(condition('a', 'NOT_EQUAL'), { unaryFilter: { op: 'IS_NOT_NULL', field: { fieldPath: 'b' } } }),
    ],
    ['!= and not-in', every(condition('a', 'NOT_EQUAL'), condition('b', 'NOT_IN', listOf(1)))],
    ['not-in twice', every(condition('a', 'NOT_IN', listOf(1)), condition('b', 'NOT_IN', listOf(1)))],
    ['not-in and in', every(condition('a', 'NOT_IN', listOf(1)), condition('b', 'IN', listOf(1)))],
    [
      'not-in and array-contains-any',
      every(condition('a', 'NOT_IN', listOf(1)), condition('b', 'ARRAY_CONTAINS_ANY', listOf(1))),
    ],
    [
      'array-contains and array-contains-any',
      every(condition('a', 'ARRAY_CONTAINS'), condition('b', 'ARRAY_CONTAINS_ANY', listOf(1))),
    ],
    ['a name compared with text', condition('__name__', 'EQUAL', { stringValue: 'd' })],
    ['names in a list with text', condition('__name__', 'IN', { arrayValue: { values: numbers(1) } })],
  ])('may not have %s', (_what, where) => {
    expect(() => ask({ where })).toThrow(expect.objectContaining({ code: 3 }));
  });

  it('gives each aggregation an alias of its own', () => {
    expect(() =>
      aggregatedFields([{ alias: 'n', count: {} }, { alias: 'm', count: {} }, { count: {} }, { count: {} }]),
    ).not.toThrow();
    expect(() =>
      aggregatedFields([
        { alias: 'n', count: {} },
        { alias: 'n', count: {} },
      ]),
    ).toThrow('"n" is given twice');
  });
});
