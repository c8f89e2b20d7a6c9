import { describe, expect, it } from '@jest/globals';

import { readScalar } from './json-row.ts';
import { rangeText, readRange } from './range.ts';

const dates = (value: unknown) => readRange(value, (bound) => readScalar('DATE', bound));

describe('readRange', () => {
  it.each([
    ['[1970-01-02, 1970-01-04)', [1, 3]],
    [' [ 1970-01-02,1970-01-04 ) ', [1, 3]],
    ['[UNBOUNDED, 1970-01-04)', [null, 3]],
    ['[1970-01-02, null)', [1, null]],
    ['[unbounded, NULL)', [null, null]],
    [{ start: '1970-01-02', end: '1970-01-04' }, [1, 3]],
    [{ start: '1970-01-02', end: null }, [1, null]],
    [{ end: 'UNBOUNDED' }, [null, null]],
  ])('takes %j', (given, fields) => {
    expect(dates(given)).toEqual({ fields });
  });

  it.each([
    ['a start that is its end', '[1970-01-02, 1970-01-02)'],
    ['a start after its end', { start: '1970-01-03', end: '1970-01-02' }],
    ['a closed end', '[1970-01-02, 1970-01-04]'],
    ['an open start', '(1970-01-02, 1970-01-04)'],
    ['one bound', '[1970-01-02)'],
    ['three bounds', '[1970-01-02, 1970-01-03, 1970-01-04)'],
    ['an empty bound', '[, 1970-01-04)'],
    ['a bound of another type', { start: '12:00:00' }],
    ['another member', { start: '1970-01-02', until: '1970-01-04' }],
    ['a number', 7],
    ['nothing', null],
  ])('refuses %s', (_, given) => {
    expect(dates(given)).toBeUndefined();
  });
});

describe('rangeText', () => {
  it.each([
    [[1, 3], '[1, 3)'],
    [[null, 3], '[UNBOUNDED, 3)'],
    [[1, null], '[1, UNBOUNDED)'],
  ])('writes %j as %s', (fields, text) => {
    expect(rangeText({ fields }, String)).toBe(text);
  });
});
