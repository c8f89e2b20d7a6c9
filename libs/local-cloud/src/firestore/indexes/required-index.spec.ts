import { describe, expect, it } from '@jest/globals';
import { parseQuery } from '../queries/query.ts';
import { IndexDefinitions, type IndexFile } from './index-file.ts';
import { missingIndex } from './required-index.ts';
import type { Filter, StructuredQuery } from '../protos.ts';

/** A path and an operator; the value is always 1, or a document for `__name__`. */
type Test = string;

const OPERATORS = {
  '==': 'EQUAL',
  '!=': 'NOT_EQUAL',
  '<': 'LESS_THAN',
  '>': 'GREATER_THAN',
  in: 'IN',
  has: 'ARRAY_CONTAINS',
} as const;

const isOperator = (op: string): op is keyof typeof OPERATORS => op in OPERATORS;

function filterOf(test: Test): Filter {
  const [fieldPath = '', op = ''] = test.split(' ');
  const operand =
    fieldPath === '__name__'
      ? { referenceValue: 'projects/p/databases/d/documents/c/x' }
      : { integerValue: 1 };
  return {
    fieldFilter: {
      field: { fieldPath },
      op: isOperator(op) ? OPERATORS[op] : null,
      value: op === 'in' ? { arrayValue: { values: [operand] } } : operand,
    },
  };
}

interface Shape {
  readonly where?: readonly Test[];
  readonly or?: readonly Test[];
  readonly order?: readonly string[];
  readonly group?: boolean;
  readonly sum?: readonly string[];
}

const everyField = { collectionGroup: 'c', fieldPath: '*', indexes: [] };
const composite = (fields: string, queryScope = 'COLLECTION'): IndexFile => ({
  indexes: [{ collectionGroup: 'c', queryScope, fields: fields.split(' ').map(fieldOf) }],
});

/** `a`, `-a` or `[a]`: ascending, descending, array-contains. */
function fieldOf(text: string): { fieldPath: string; order?: string; arrayConfig?: string } {
  if (text.startsWith('[')) return { fieldPath: text.slice(1, -1), arrayConfig: 'CONTAINS' };
  const isDescending = text.startsWith('-');
  return {
    fieldPath: isDescending ? text.slice(1) : text,
    order: isDescending ? 'DESCENDING' : 'ASCENDING',
  };
}

function missing(shape: Shape, file: IndexFile = {}): ReturnType<typeof missingIndex> {
  const filters = (shape.where ?? []).map(filterOf);
  if (shape.or !== undefined) {
    filters.push({ compositeFilter: { op: 'OR', filters: shape.or.map(filterOf) } });
  }
  const proto: StructuredQuery = {
    from: [{ collectionId: 'c', allDescendants: shape.group ?? false }],
    where: { compositeFilter: { op: 'AND', filters } },
    orderBy: (shape.order ?? []).map((text) => ({
      field: { fieldPath: text.replace('-', '') },
      direction: text.startsWith('-') ? 'DESCENDING' : 'ASCENDING',
    })),
  };
  const query = parseQuery('projects/p/databases/d/documents', proto);
  return missingIndex(query, shape.sum ?? [], new IndexDefinitions(file));
}

describe('missingIndex', () => {
  const answered: [name: string, shape: Shape, file?: IndexFile][] = [
    ['everything', {}],
    ['every document of a group', { group: true }],
    ['an equality', { where: ['a =='] }],
    ['an equality on a field of a map', { where: ['m.a =='] }],
    ['a range in either direction', { where: ['a >'], order: ['-a'] }],
    ['a range without an order', { where: ['a !='] }],
    ['merged equalities', { where: ['a ==', 'b ==', 'c in'] }],
    ['equality with array membership', { where: ['a ==', 'b has'] }],
    ['an order that an equality makes void', { where: ['a =='], order: ['a'] }],
    ['an equality by descending name', { where: ['a =='], order: ['-__name__'] }],
    ['equality and order', { where: ['a =='], order: ['b'] }, composite('a b')],
    ['equality and order, the equality descending', { where: ['a =='], order: ['b'] }, composite('-a b')],
    ['equality and range', { where: ['a ==', 'b <'] }, composite('a b')],
    ['two orders', { order: ['a', '-b'] }, composite('a -b')],
    ['two ranges', { where: ['a >', 'b <'] }, composite('a b')],
    ['membership and order', { where: ['a has'], order: ['-b'] }, composite('[a] -b')],
    ['an explicit name order', { order: ['a', '-__name__'] }, composite('a -__name__')],
    ['descending names', { order: ['-__name__'] }, composite('-__name__')],
    [
      'a group by a composite',
      { group: true, where: ['a ==', 'b =='] },
      composite('a b', 'COLLECTION_GROUP'),
    ],
    ['a sum beside an equality', { where: ['a =='], sum: ['n'] }, composite('a n')],
    [
      'merged composites with the same order',
      { where: ['a ==', 'b =='], order: ['s'] },
      { indexes: [...(composite('a s').indexes ?? []), ...(composite('b s').indexes ?? [])] },
    ],
    [
      'a group by a field override',
      { group: true, where: ['a =='] },
      {
        fieldOverrides: [
          {
            collectionGroup: 'c',
            fieldPath: 'a',
            indexes: [{ queryScope: 'COLLECTION_GROUP', order: 'ASCENDING' }],
          },
        ],
      },
    ],
    [
      'a field that is indexed where the others are not',
      { where: ['a =='] },
      {
        fieldOverrides: [
          everyField,
          { collectionGroup: 'c', fieldPath: 'a', indexes: [{ order: 'ASCENDING' }] },
        ],
      },
    ],
    [
      'an unindexed field by its composite',
      { where: ['a =='], order: ['b'] },
      { ...composite('a b'), fieldOverrides: [everyField] },
    ],
    ['every alternative by itself', { or: ['a ==', 'b =='] }],
    ['a list of values, ordered by its field', { where: ['a in'], order: ['-a'] }],
    ['an equality among names', { where: ['a ==', '__name__ >'] }],
    ['a range, ordered by name after it', { where: ['a >'], order: ['a', '__name__'] }],
    ['documents given by name, in any order', { where: ['__name__ ==', 'a =='], order: ['b'] }],
    ['the sum of all', { sum: ['n'] }],
    ['the sum of a range over itself', { where: ['n >'], sum: ['n'] }],
    ['two sums', { sum: ['n', 'm'] }, composite('n m')],
    ['a sum below a map', { where: ['a =='], sum: ['m.n'] }, composite('a m.n')],
    [
      'each alternative by its composite',
      { or: ['a ==', 'b =='], order: ['s'] },
      { indexes: [...(composite('a s').indexes ?? []), ...(composite('b s').indexes ?? [])] },
    ],
    ['equality, order and range on the order', { where: ['a ==', 's >'], order: ['-s'] }, composite('a -s')],
    ['the longer composite of two', { where: ['a ==', 'b =='], order: ['s'] }, composite('b a s')],
    [
      'three equalities by two composites that overlap',
      { where: ['a ==', 'b ==', 'c =='], order: ['s'] },
      { indexes: [...(composite('a b s').indexes ?? []), ...(composite('b c s').indexes ?? [])] },
    ],
    [
      'a group ordered by a field override',
      { group: true, order: ['-a'] },
      {
        fieldOverrides: [
          {
            collectionGroup: 'c',
            fieldPath: 'a',
            indexes: [{ queryScope: 'COLLECTION_GROUP', order: 'DESCENDING' }],
          },
        ],
      },
    ],
    [
      'a group by an override of all fields',
      { group: true, where: ['a =='] },
      {
        fieldOverrides: [
          {
            collectionGroup: 'c',
            fieldPath: '*',
            indexes: [{ queryScope: 'COLLECTION_GROUP', order: 'ASCENDING' }],
          },
        ],
      },
    ],
    [
      'a field with a time to live and no list of indexes',
      { where: ['a >'] },
      { fieldOverrides: [{ collectionGroup: 'c', fieldPath: 'a', ttl: true }] },
    ],
    [
      'a field of a map that is exempt, by its own override',
      { where: ['m.a =='] },
      {
        fieldOverrides: [
          { collectionGroup: 'c', fieldPath: 'm', indexes: [] },
          { collectionGroup: 'c', fieldPath: 'm.a', indexes: [{ order: 'ASCENDING' }] },
        ],
      },
    ],
    [
      'what another collection is exempt of',
      { where: ['a =='] },
      { fieldOverrides: [{ collectionGroup: 'other', fieldPath: '*', indexes: [] }] },
    ],
  ];
  it.each(answered.map(([name, shape, file]) => ({ name, shape, file })))(
    'answers $name',
    ({ shape, file }) => {
      expect(missing(shape, file)).toBeUndefined();
    },
  );

  const refused: [name: string, shape: Shape, expected: object, file?: IndexFile][] = [
    ['equality and order', { where: ['a =='], order: ['b'] }, composite('a b')],
    ['equality and range', { where: ['b >', 'a =='] }, composite('a b')],
    ['the other direction', { where: ['a =='], order: ['-b'] }, composite('a -b'), composite('a b')],
    ['two orders', { order: ['a', 'b'] }, composite('a b'), composite('b a')],
    ['the wholly reversed orders', { order: ['-a', '-b'] }, composite('-a -b'), composite('a b')],
    ['membership and order', { where: ['a has'], order: ['b'] }, composite('[a] b'), composite('a b')],
    ['descending names', { order: ['-__name__'] }, composite('-__name__')],
    [
      'a name order of its own',
      { order: ['a', '-__name__'] },
      composite('a -__name__'),
      composite('a __name__'),
    ],
    [
      'merged composites that leave a field out',
      { where: ['a ==', 'b =='], order: ['s'] },
      composite('a b s'),
      composite('a s'),
    ],
    [
      'the scope of a group',
      { group: true, where: ['a =='], order: ['b'] },
      composite('a b', 'COLLECTION_GROUP'),
      composite('a b'),
    ],
    [
      'the scope of a collection',
      { where: ['a =='], order: ['b'] },
      composite('a b'),
      composite('a b', 'COLLECTION_GROUP'),
    ],
    ['one alternative', { or: ['a ==', 'b >'] }, composite('a b')],
    [
      'an alternative with an order',
      { or: ['a ==', 'b =='], order: ['s'] },
      composite('b s'),
      composite('a s'),
    ],
    ['a list of values with another order', { where: ['a in'], order: ['b'] }, composite('a b')],
    ['two ranges', { where: ['a >', 'b <'] }, composite('a b')],
    ['a range that is not the first order', { where: ['a >'], order: ['b'] }, composite('b a')],
    ['two sums', { sum: ['n', 'm'] }, composite('n m')],
    ['a sum beside a range', { where: ['a >'], sum: ['n'] }, composite('a n')],
    ['a composite that is too long', { where: ['a =='], order: ['s'] }, composite('a s'), composite('a b s')],
    [
      'a composite that ends too late',
      { where: ['a =='], order: ['s'] },
      composite('a s'),
      composite('a s t'),
    ],
    [
      'an exempt field beside an equality',
      { where: ['a ==', 'b =='] },
      composite('a b'),
      { fieldOverrides: [{ collectionGroup: 'c', fieldPath: 'b', indexes: [] }] },
    ],
    [
      'two equalities of a group',
      { group: true, where: ['a ==', 'b =='] },
      composite('a b', 'COLLECTION_GROUP'),
    ],
    ['a sum beside an equality', { where: ['a =='], sum: ['n'] }, composite('a n')],
  ];
  it.each(refused.map(([name, shape, expected, file]) => ({ name, shape, expected, file })))(
    'names the composite missing for $name',
    ({ shape, expected, file }) => {
      expect({ indexes: [missing(shape, file)] }).toEqual(expected);
    },
  );

  it('extends the automatic indexes of a field for a group', () => {
    expect(missing({ group: true, where: ['a.b =='] })).toEqual({
      collectionGroup: 'c',
      fieldPath: 'a.b',
      indexes: [
        { order: 'ASCENDING', queryScope: 'COLLECTION' },
        { order: 'DESCENDING', queryScope: 'COLLECTION' },
        { arrayConfig: 'CONTAINS', queryScope: 'COLLECTION' },
        { order: 'ASCENDING', queryScope: 'COLLECTION_GROUP' },
      ],
    });
  });

  it('keeps the time to live of the override that it replaces', () => {
    const expiring = { collectionGroup: 'c', fieldPath: 'a', ttl: true, indexes: [] };
    expect(missing({ where: ['a >'] }, { fieldOverrides: [expiring] })).toEqual({
      ...expiring,
      indexes: [{ order: 'ASCENDING', queryScope: 'COLLECTION' }],
    });
  });

  it('refuses a field that is exempt, by itself, by its map or by its collection', () => {
    for (const fieldPath of ['m.a', 'm', '*']) {
      const file = { fieldOverrides: [{ collectionGroup: 'c', fieldPath, indexes: [] }] };
      expect(missing({ where: ['m.a =='] }, file)).toEqual({
        collectionGroup: 'c',
        fieldPath: 'm.a',
        indexes: [{ order: 'ASCENDING', queryScope: 'COLLECTION' }],
      });
    }
  });

  it('accepts its own suggestions', () => {
    const shapes: Shape[] = [
      { order: ['-a'], group: true },
      { order: ['-__name__'] },
      { where: ['a has'], group: true },
      { where: ['a ==', 'b =='], group: true, order: ['-__name__'] },
      { where: ['a !='], order: ['a', 'b'] },
    ];
    for (const shape of shapes) {
      const entry = missing(shape);
      expect(entry).toBeDefined();
      const file: IndexFile =
        entry === undefined || 'fields' in entry
          ? { indexes: entry === undefined ? [] : [entry] }
          : { fieldOverrides: [entry] };
      expect(missing(shape, file)).toBeUndefined();
    }
  });
});
