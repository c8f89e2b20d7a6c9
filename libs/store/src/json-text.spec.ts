import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UnstorableValueError } from './errors.ts';
import { jsonText } from './json-text.ts';

describe('a value as JSON text', () => {
  it('reads back as it was, its fields in their order', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(JSON.parse(jsonText(value, 'value'))).toEqual(withoutNegativeZero(value));
      }),
    );
    expect(jsonText({ b: 1, a: ['x', null] }, 'value')).toBe('{"b":1,"a":["x",null]}');
  });

  it.each<[string, unknown, string]>([
    ['undefined', [{ reason: undefined }], '[0].reason: it is undefined'],
    ['a number without a value', { a: { b: Number.NaN } }, '.a.b: it is NaN'],
    ['a number without an end', [1, -Infinity], '[1]: it is -Infinity'],
    ['a class', [{ at: new Date(0) }], '[0].at: it is a Date'],
    ['a function', { f: Math.abs }, '.f: it is function'],
    ['an integer of any size', 1n, ': it is bigint'],
  ])('refuses %s, and names the field', (_what, value, message) => {
    expect(() => jsonText(value, 'd/1: events')).toThrow(
      new UnstorableValueError(`cannot store d/1: events${message}`),
    );
  });
});

/** JSON does not tell it from zero. */
function withoutNegativeZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
