import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v1, type Value } from '../protos.ts';
import { compareValues, identicalFields } from './compare.ts';
import { compareIntegerWithDouble } from './numbers.ts';

const bytes = (...values: number[]): Value => ({ bytesValue: Uint8Array.from(values) });
const array = (...values: Value[]): Value => ({ arrayValue: { values } });
const map = (fields: Record<string, Value>): Value => ({ mapValue: { fields } });
const vector = (...values: number[]): Value =>
  map({
    __type__: { stringValue: '__vector__' },
    value: array(...values.map((doubleValue) => ({ doubleValue }))),
  });
const reference = (path: string): Value => ({ referenceValue: `projects/p/databases/d/documents/${path}` });

/** From least to greatest; each is below all that follow. */
const ascending: Value[] = [
  { nullValue: 'NULL_VALUE' },
  { booleanValue: false },
  { booleanValue: true },
  { doubleValue: Number.NaN },
  { doubleValue: -Infinity },
  { integerValue: '-9223372036854775808' },
  { integerValue: -1 },
  { doubleValue: -0.5 },
  { integerValue: 0 },
  { doubleValue: 5e-324 },
  { integerValue: 1 },
  { doubleValue: 1.5 },
  { doubleValue: 9007199254740992 },
  { integerValue: '9007199254740993' },
  { integerValue: '9223372036854775807' },
  { doubleValue: 9223372036854775808 },
  { doubleValue: Infinity },
  { timestampValue: { seconds: -1, nanos: 999_999_000 } },
  { timestampValue: { seconds: 0, nanos: 0 } },
  { timestampValue: { seconds: 0, nanos: 1000 } },
  { stringValue: '' },
  { stringValue: 'a' },
  { stringValue: 'ab' },
  { stringValue: 'b' },
  { stringValue: 'é' },
  { stringValue: '\uffff' },
  { stringValue: '😀' },
  bytes(),
  bytes(0),
  bytes(1, 2),
  bytes(2),
  reference('a/__id-2__'),
  reference('a/__id7__'),
  reference('a/b'),
  reference('a/b/c/d'),
  reference('a/b-'),
  reference('a/bb'),
  reference('b/a'),
  { geoPointValue: { latitude: -1, longitude: 5 } },
  { geoPointValue: { latitude: 0, longitude: -5 } },
  { geoPointValue: { latitude: 0, longitude: 5 } },
  array(),
  array({ integerValue: 1 }),
  array({ integerValue: 1 }, { nullValue: 'NULL_VALUE' }),
  array({ integerValue: 2 }),
  vector(9),
  vector(1, 2),
  vector(1, 3),
  map({}),
  map({ a: { integerValue: 1 } }),
  map({ a: { integerValue: 1 }, b: { integerValue: 0 } }),
  map({ a: { integerValue: 2 } }),
  map({ b: { integerValue: 0 } }),
];

const decoded = (value: Value): Value => v1.Value.decode(v1.Value.encode(value).finish());

describe('compareValues', () => {
  it('orders values of all types as Firestore does, as made here and as decoded', () => {
    const order = ascending.map((left) => ascending.map((right) => Math.sign(compareValues(left, right))));
    const fromWire = ascending.map((left) =>
      ascending.map((right) => Math.sign(compareValues(decoded(left), decoded(right)))),
    );
    const expected = ascending.map((_left, i) => ascending.map((_right, j) => Math.sign(i - j)));
    expect(order).toEqual(expected);
    expect(fromWire).toEqual(expected);
  });

  it.each([
    [{ integerValue: 1 }, { doubleValue: 1 }],
    [{ doubleValue: -0 }, { integerValue: 0 }],
    [{ doubleValue: Number.NaN }, { doubleValue: Number.NaN }],
    [{ doubleValue: 9007199254740992 }, { integerValue: '9007199254740992' }],
  ])('takes %j and %j as equal', (left, right) => {
    expect(compareValues(left, right)).toBe(0);
  });

  it('compares every int64 with every double exactly', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.double({ noNaN: true, noDefaultInfinity: true, noInteger: false }),
        (integer, double) => {
          const whole = BigInt(Math.trunc(double));
          const expected =
            integer === whole ? Math.sign(Math.trunc(double) - double) : Number(integer > whole) * 2 - 1;
          expect(compareIntegerWithDouble(integer.toString(), double)).toBe(expected + 0);
        },
      ),
    );
  });
});

describe('identicalFields', () => {
  it.each([
    [{ a: { integerValue: 1 } }, { a: { integerValue: 1 } }, true],
    [{ a: { integerValue: 1 } }, { a: { doubleValue: 1 } }, false],
    [{ a: { doubleValue: 0 } }, { a: { doubleValue: -0 } }, false],
    [{ a: { integerValue: 1 } }, { b: { integerValue: 1 } }, false],
    [{ a: map({ b: array({ integerValue: 1 }) }) }, { a: map({ b: array({ integerValue: 1 }) }) }, true],
    [{ a: map({ b: array({ integerValue: 1 }) }) }, { a: map({ b: array({ integerValue: 2 }) }) }, false],
    [{ a: map({ b: { integerValue: 1 } }) }, { a: map({ b: { doubleValue: 1 } }) }, false],
  ])('%j and %j: %s', (left: Record<string, Value>, right: Record<string, Value>, expected) => {
    expect(identicalFields(left, right)).toBe(expected);
  });
});
