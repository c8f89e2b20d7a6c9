import { describe, expect, it } from '@jest/globals';

import type { Column } from '../catalogue/column.ts';
import { readJsonRow, readScalar } from './json-row.ts';

const columns: readonly Column[] = [
  { name: 'Id', type: 'INT64', mode: 'REQUIRED' },
  { name: 'price', type: 'NUMERIC', mode: 'NULLABLE' },
  { name: 'tags', type: 'STRING', mode: 'REPEATED' },
];

describe('readJsonRow', () => {
  it('matches names whatever their case and fills what is absent', () => {
    expect(readJsonRow(columns, { ID: '7' }, false)).toEqual({ isOk: true, cells: [7n, null, []] });
  });

  it('names every problem of a row', () => {
    expect(readJsonRow(columns, { price: 'x', tags: [1, {}], other: 1 }, false)).toEqual({
      isOk: false,
      problems: [
        { location: 'Id', message: 'Missing required field: Id.' },
        { location: 'price', message: 'Cannot convert value to numeric (bad value): x' },
        { location: 'tags', message: 'Cannot convert value to string (bad value): [1,{}]' },
        { location: 'other', message: 'no such field: other.' },
      ],
    });
  });

  it('skips unknown fields when asked to', () => {
    expect(readJsonRow(columns, { id: 1, other: 1 }, true)).toMatchObject({ isOk: true });
  });
});

describe('readScalar', () => {
  it.each([
    ['INT64', '9223372036854775807', 9_223_372_036_854_775_807n],
    ['INT64', 5, 5n],
    ['FLOAT64', '1e3', 1000],
    ['BOOL', 'TRUE', true],
    ['TIMESTAMP', 1.5, 1_500_000n],
    ['TIMESTAMP', '1704067200', 1_704_067_200_000_000n],
    ['JSON', { a: 1 }, '{"a":1}'],
    ['JSON', '[1]', '[1]'],
  ] as const)('reads %s from %j', (type, value, expected) => {
    expect(readScalar(type, value)).toEqual(expected);
  });

  it.each([
    ['INT64', '9223372036854775808'],
    ['INT64', 1.5],
    ['INT64', ''],
    ['FLOAT64', 'NaN'],
    ['FLOAT64', 'Infinity'],
    ['BOOL', 'yes'],
    ['DATE', '2024-13-01'],
    ['JSON', '{a}'],
  ] as const)('refuses %s from %j', (type, value) => {
    expect(readScalar(type, value)).toBeUndefined();
  });
});
