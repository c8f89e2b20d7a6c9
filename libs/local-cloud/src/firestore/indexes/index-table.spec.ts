import { expect, it } from '@jest/globals';
import { parseQuery } from '../queries/query.ts';
import { IndexDefinitions, type CompositeIndex, type FieldOverride, type IndexFile } from './index-file.ts';
import { missingIndex } from './required-index.ts';
import type { Filter } from '../protos.ts';

/**
 * A query, the definitions that there are, and the one that is missing.
 *
 * Query: conditions with `and`, `or` and brackets; `has` and `any` ask for elements of an array. Then `order`, `sum`.
 * `group` in front asks all collections of the id. Definitions: fields in order, `-` descending, `[]` array-contains,
 * after `group:` for a collection group; `field x:` overrides, each index `asc`, `desc` or `has`, with `+` for a group.
 */
const table = `
  a == and b ==                            |                                  | -
  a == and b == and m.x ==                 |                                  | -
  a == and b in                            |                                  | -
  a in and b in                            |                                  | -
  a == and t has                           |                                  | -
  a == and t any                           |                                  | -
  a == and b ==                            | field b:                         | a b
  a == and b ==                            | field *:                         | a b
  a == and b ==                            | field *:; b a                    | -
  a == and b == and m.x ==                 | field *:; a b; m.x b             | -
  a == and b == and m.x ==                 | field *:; a b                    | a b m.x

  order s                                  |                                  | -
  order -s                                 |                                  | -
  a == order s                             |                                  | a s
  a == order s                             | a s                              | -
  a == order s                             | -a s                             | -
  a == order s                             | s a                              | a s
  a == order s                             | a -s                             | a s
  a == order -s                            | a s                              | a -s
  a == order -s                            | -a s                             | a -s
  a == order s                             | a s t                            | a s
  a == order s, t                          | a s                              | a s t
  order s, t                               |                                  | s t
  order s, t                               | t s                              | s t
  order -s, -t                             | s t                              | -s -t
  order s, -t                              | -s t                             | s -t
  order s, -t                              | s -t                             | -
  a == and b == order s                    | a s                              | a b s
  a == and b == order s                    | a s; b s                         | -
  a == and b == order s                    | a s; b -s                        | a b s
  a == and b == order s                    | b a s                            | -
  a == and b == and m.x == order s         | a b s; m.x s                     | -
  a == order a                             |                                  | -
  a == order a, s                          | a s                              | -
  order -__name__                          |                                  | -__name__
  order s, -__name__                       |                                  | s -__name__

  a > and a <                              |                                  | -
  a >= order -a                            |                                  | -
  a > and b <                              |                                  | a b
  b < and a >                              |                                  | a b
  a > and b <                              | a b                              | -
  a > and b <                              | b a                              | a b
  a > and b < order b                      | a b                              | b a
  a > and b < order b                      | b a                              | -
  a > and b < order -b                     | b a                              | -b -a
  a > and b <= and m.x >=                  |                                  | a b m.x
  e == and a > and b <                     | a b                              | e a b
  e == and a > and b <                     | e a b                            | -
  e == and f == and a > and b <            | e a b; f a b                     | -
  e == and a >                             | e a                              | -
  a > order s                              |                                  | s a
  a > and __name__ <                       |                                  | -

  a in                                     |                                  | -
  a in order a                             |                                  | -
  a in order s                             |                                  | a s
  a in and b >                             |                                  | a b
  a in and b >                             | a b                              | -
  a !=                                     |                                  | -
  a != order -a                            |                                  | -
  a != and e ==                            |                                  | e a
  a != and e ==                            | e a                              | -
  a != order s                             |                                  | s a
  a != and b >                             |                                  | a b
  a not-in                                 |                                  | -
  a not-in and e ==                        |                                  | e a
  a not-in order a, s                      |                                  | a s
  a ==                                     | field a: desc has                | field a: desc has asc
  a not-in                                 | field a: desc has                | field a: desc has asc
  a != order -a                            | field a: asc                     | field a: asc desc
  __name__ in and a == order s             |                                  | -

  t has                                    |                                  | -
  t any                                    |                                  | -
  t has order s                            |                                  | [t] s
  t any order s                            |                                  | [t] s
  t has order s                            | [t] s                            | -
  t has order s                            | t s                              | [t] s
  t has order -s                           | [t] s                            | [t] -s
  t ==                                     | field t: has                     | field t: has asc
  t has                                    | field t: asc desc                | field t: asc desc has
  t any and a >                            |                                  | [t] a
  a == and t has order s                   |                                  | a [t] s
  a == and t has order s                   | [t] s; a s                       | -
  a == and t has order s                   | [t] a s                          | -

  a == or b ==                             |                                  | -
  a == or b in or t has                    |                                  | -
  (a == or b ==) and e ==                  |                                  | -
  (a == or b ==) and (e == or f ==)        |                                  | -
  a == or b ==                             | field b:                         | field b: asc
  (a == and b ==) or e ==                  | field b:                         | a b
  a == or b == order s                     |                                  | a s
  a == or b == order s                     | a s                              | b s
  a == or b == order s                     | a s; b s                         | -
  a == or b >                              |                                  | a b
  a == or b >                              | a b                              | -
  a > or b <                               |                                  | a b
  (a == and s >) or (b == and s >)         | a s                              | b s
  (a == or b ==) and s >                   | a s; b s                         | -
  e == and (a == or b ==) and s >          | e s; a s                         | e b s
  e == and (a == or b ==) and s >          | e s; a s; b s                    | -

  group                                    |                                  | -
  group a ==                               |                                  | field a: asc desc has +asc
  group order -a                           |                                  | field a: asc desc has +desc
  group t has                              |                                  | field t: asc desc has +has
  group a ==                               | field a: +asc                    | -
  group a ==                               | field a:                         | field a: +asc
  group a ==                               | field *: +asc                    | -
  group a == and b ==                      | field a: +asc                    | group: a b
  group a == and b ==                      | field a: +asc; field b: +asc     | -
  group a == order s                       | a s                              | group: a s
  group a == order s                       | group: a s                       | -
  a == order s                             | group: a s                       | a s
  a ==                                     | field a: +asc                    | field a: +asc asc
  group a == or b ==                       | field a: +asc                    | field b: asc desc has +asc
  group t any order -s                     | group: [t] -s                    | -

  a ==                                     | field a:                         | field a: asc
  a == order s                             | field a:; a s                    | -
  m.x ==                                   | field m:                         | field m.x: asc
  m.x.y >                                  | field m:                         | field m.x.y: asc
  m.x ==                                   | field m:; field m.x: asc         | -
  m.x ==                                   | field m.x:; field m: asc         | field m.x: asc
  a ==                                     | field *:                         | field a: asc
  a ==                                     | field *:; field a: asc           | -
  a ==                                     | field *: asc                     | -
  a ==                                     | field *: asc; field a:           | field a: asc
  order -a                                 | field *: asc                     | field a: asc desc

  sum n                                    |                                  | -
  a == sum n                               |                                  | a n
  a == sum n                               | a n                              | -
  a == and b == sum n                      | a n; b n                         | -
  a > sum n                                |                                  | a n
  n > sum n                                |                                  | -
  a == order -s sum n                      |                                  | a -s -n
  sum n, k                                 |                                  | n k
  a == or b == sum n                       | a n                              | b n
  group sum n                              |                                  | field n: asc desc has +asc
`;
const rows = table
  .split('\n')
  .filter((line) => line.includes('|'))
  .map((line) => {
    const [query = '', definitions = '', lacked = ''] = line.split('|').map((cell) => cell.trim());
    return { query, definitions, lacked };
  });

it.each(rows)('"$query" with "$definitions" lacks "$lacked"', ({ query, definitions, lacked }) => {
  const missing = missingFor(query, fileOf(definitions));
  expect(missing === undefined ? '-' : textOf(missing)).toBe(lacked);
});

const OPERATORS = new Map([
  ['==', 'EQUAL'],
  ['!=', 'NOT_EQUAL'],
  ['<', 'LESS_THAN'],
  ['<=', 'LESS_THAN_OR_EQUAL'],
  ['>', 'GREATER_THAN'],
  ['>=', 'GREATER_THAN_OR_EQUAL'],
  ['in', 'IN'],
  ['not-in', 'NOT_IN'],
  ['has', 'ARRAY_CONTAINS'],
  ['any', 'ARRAY_CONTAINS_ANY'],
] as const);

function missingFor(text: string, file: IndexFile): CompositeIndex | FieldOverride | undefined {
  const [, group, where = '', order = '', sum = ''] =
    /^(group\b)?(.*?)(?:\border (.*?))?(?:\bsum (.*))?$/.exec(text) ?? [];
  const proto = {
    from: [{ collectionId: 'c', allDescendants: group !== undefined }],
    where: where.trim() === '' ? null : filterOf(where.match(/[()]|[^\s()]+/g) ?? []),
    orderBy: fields(order).map(({ fieldPath, order: direction }) => ({ field: { fieldPath }, direction })),
  };
  const query = parseQuery('projects/p/databases/d/documents', proto);
  const summed = fields(sum).map(({ fieldPath }) => fieldPath);
  return missingIndex(query, summed, new IndexDefinitions(file));
}

/** Consumes the tokens: alternatives of conjunctions of conditions or brackets. */
function filterOf(tokens: string[]): Filter {
  return composite('OR', tokens, () => composite('AND', tokens, () => condition(tokens)));
}

function composite(op: 'AND' | 'OR', tokens: string[], next: () => Filter): Filter {
  const filters = [next()];
  while (tokens[0] === op.toLowerCase()) {
    tokens.shift();
    filters.push(next());
  }
  return { compositeFilter: { op, filters } };
}

function condition(tokens: string[]): Filter {
  const fieldPath = tokens.shift() ?? '';
  if (fieldPath === '(') {
    const inner = filterOf(tokens);
    expect(tokens.shift()).toBe(')');
    return inner;
  }
  const [, op] = [...OPERATORS].find(([sign]) => sign === tokens[0]) ?? [];
  expect(op).toBeDefined();
  const isList = ['in', 'not-in', 'any'].includes(tokens.shift() ?? '');
  const referenceValue = 'projects/p/databases/d/documents/c/x';
  const operand = fieldPath === '__name__' ? { referenceValue } : { integerValue: 1 };
  const value = isList ? { arrayValue: { values: [operand] } } : operand;
  return { fieldFilter: { field: { fieldPath }, op: op ?? null, value } };
}

function fields(text: string) {
  return text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map((part) => ({
      fieldPath: part.replace('-', ''),
      order: part.startsWith('-') ? ('DESCENDING' as const) : ('ASCENDING' as const),
    }));
}

const MODES = new Map([
  ['asc', { order: 'ASCENDING' }],
  ['desc', { order: 'DESCENDING' }],
  ['has', { arrayConfig: 'CONTAINS' }],
]);

function fileOf(text: string): IndexFile {
  const indexes: CompositeIndex[] = [];
  const fieldOverrides: FieldOverride[] = [];
  for (const part of text.split(';').filter((definition) => definition !== '')) {
    const [, fieldPath, modes = ''] = /^\s*field (\S+):(.*)$/.exec(part) ?? [];
    if (fieldPath === undefined) indexes.push(compositeOf(part));
    else {
      const names = modes.split(' ').filter((name) => name !== '');
      const configs = names.map((name) => ({
        queryScope: scopeOf(name.startsWith('+')),
        ...MODES.get(name.replace('+', '')),
      }));
      fieldOverrides.push({ collectionGroup: 'c', fieldPath, indexes: configs });
    }
  }
  return { indexes, fieldOverrides };
}

function compositeOf(text: string): CompositeIndex {
  const [, group, list = ''] = /^\s*(group:)?(.*)$/.exec(text) ?? [];
  return {
    collectionGroup: 'c',
    queryScope: scopeOf(group !== undefined),
    fields: fields(list).map(({ fieldPath, order }) =>
      fieldPath.startsWith('[')
        ? { fieldPath: fieldPath.slice(1, -1), arrayConfig: 'CONTAINS' }
        : { fieldPath, order },
    ),
  };
}

const scopeOf = (isGroup: boolean): string => (isGroup ? 'COLLECTION_GROUP' : 'COLLECTION');

function textOf(definition: CompositeIndex | FieldOverride): string {
  if (!('fields' in definition)) {
    const modes = (definition.indexes ?? []).map(({ order, arrayConfig, queryScope }) => {
      const [name = ''] =
        [...MODES].find(([, mode]) => Object.values(mode).includes(order ?? arrayConfig ?? '')) ?? [];
      return `${queryScope === 'COLLECTION_GROUP' ? '+' : ''}${name}`;
    });
    return `field ${definition.fieldPath}: ${modes.join(' ')}`;
  }
  const list = definition.fields.map(({ fieldPath, order }) =>
    order === undefined ? `[${fieldPath}]` : `${order === 'DESCENDING' ? '-' : ''}${fieldPath}`,
  );
  return `${definition.queryScope === 'COLLECTION_GROUP' ? 'group: ' : ''}${list.join(' ')}`;
}
