import { describe, expect, it } from '@jest/globals';
import { getField, parseFieldPath, withField } from './field-path.ts';

describe('parseFieldPath', () => {
  it.each([
    ['a', ['a'], 'a'],
    ['a.b_1.C', ['a', 'b_1', 'C'], 'a.b_1.C'],
    ['`a.b`.c', ['a.b', 'c'], '`a.b`.c'],
    ['a.`b\\`c\\\\`', ['a', 'b`c\\'], 'a.`b\\`c\\\\`'],
    ['`plain`', ['plain'], 'plain'],
    ['`1st`', ['1st'], '`1st`'],
    ['`é`', ['é'], '`é`'],
  ])('reads %s', (text, segments, canonical) => {
    expect(parseFieldPath(text)).toMatchObject({ segments, canonical, isName: false });
  });

  it('knows the name of the document', () => {
    expect(parseFieldPath('__name__').isName).toBe(true);
  });

  it.each(['', '.', 'a.', '.a', 'a..b', '`a', 'a`b', '`a`b'])('refuses %j', (text) => {
    expect(() => parseFieldPath(text)).toThrow('Invalid property path');
  });
});

describe('withField', () => {
  const one = { integerValue: 1 };
  const fields = { a: { mapValue: { fields: { b: one, c: one } } }, d: one };
  const put = (path: string, value: object | undefined): object =>
    withField(fields, parseFieldPath(path), value);

  it('replaces below a map and leaves the rest and the original alone', () => {
    const copy = structuredClone(fields);
    expect(put('a.b', { integerValue: 2 })).toEqual({
      a: { mapValue: { fields: { b: { integerValue: 2 }, c: one } } },
      d: one,
    });
    expect(fields).toEqual(copy);
  });

  it('makes the maps that are missing, also in place of other values', () => {
    expect(put('d.e.f', one)).toMatchObject({
      d: { mapValue: { fields: { e: { mapValue: { fields: { f: one } } } } } },
    });
  });

  it('removes a field and ignores one that is not there', () => {
    expect(put('a.b', undefined)).toEqual({ a: { mapValue: { fields: { c: one } } }, d: one });
    expect(put('x.y', undefined)).toBe(fields);
  });

  it('finds no field that only the prototype has', () => {
    expect(getField({}, parseFieldPath('constructor'))).toBeUndefined();
  });
});
