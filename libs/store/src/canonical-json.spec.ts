import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.ts';

describe('JSON with sorted keys', () => {
  it('spells the keys of every object in the order of their text, whatever order they were set in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (value, fields) => {
        const sorted = Object.keys(fields).toSorted((a, b) => (a < b ? -1 : 1));
        const reversed = Object.fromEntries(Object.entries(fields).toReversed());
        const spelled = sorted.map((key) => `${JSON.stringify(key)}:${canonicalJson(fields[key])}`);
        expect(canonicalJson(reversed)).toBe(`{${spelled.join(',')}}`);
        expect(canonicalJson([value, value])).toBe(`[${canonicalJson(value)},${canonicalJson(value)}]`);
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each<[string, object, string]>([
    ['numbers among text', { 10: 'b', 9: 'a', '1e1': 0 }, '{"10":"b","1e1":0,"9":"a"}'],
    ['what is not there', { b: undefined, a: 1 }, '{"a":1}'],
    ['nothing', {}, '{}'],
    ['keys that read alike', { list: [{ 'b,a': 1 }, { b: 1, a: 2 }] }, '{"list":[{"b,a":1},{"a":2,"b":1}]}'],
    ['an empty key beside no key', [{}, { '': 1 }, {}], '[{},{"":1},{}]'],
    ['what is not there of a list', [undefined, null, Number.NaN], '[null,null,null]'],
  ])('sorts %s', (_what, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('leaves out fields by name, of the value itself alone', () => {
    const value = { hash: 'x', b: { hash: 'y' }, a: [{ hash: 'z' }] };
    expect(canonicalJson(value, new Set(['hash', 'none']))).toBe('{"a":[{"hash":"z"}],"b":{"hash":"y"}}');
    expect(canonicalJson(value)).toBe('{"a":[{"hash":"z"}],"b":{"hash":"y"},"hash":"x"}');
  });
});
