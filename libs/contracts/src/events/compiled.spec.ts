import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod';
import { compiledLater, compiledObject } from './compiled.ts';
import { DecimalText, PositiveDecimal, Text } from './trading-schemas.ts';

const shape = {
  type: z.literal('Sold'),
  symbol: Text,
  price: PositiveDecimal,
  fees: z.record(Text, DecimalText).exactOptional(),
  from: z.union([z.strictObject({ at: z.number().nonnegative() }), z.strictObject({ number: z.int() })]),
  tags: z.array(Text).max(2).exactOptional(),
};
const plain = z.strictObject(shape);

const anything = fc.oneof(
  fc.constantFrom('', 'x', '1', '-1', '0.50', '1e3', -1, 0, 1.5, NaN, null, undefined, [], {}),
  fc.record({ at: fc.integer(), number: fc.integer() }, { requiredKeys: [] }),
  fc.dictionary(fc.constantFrom('a', '', '__proto__'), fc.constantFrom('1', 'x')),
  fc.array(fc.constantFrom('a', '', 1), { maxLength: 3 }),
);
const right = fc.record(
  {
    type: fc.constant('Sold'),
    symbol: fc.constantFrom('BTC-USDT', 'ETH-USDT'),
    price: fc.constantFrom('1', '0.50'),
    fees: fc.dictionary(fc.constantFrom('USDT', 'BNB'), fc.constantFrom('0', '-0.1')),
    from: fc.constantFrom({ at: 1 }, { number: 2 }),
    tags: fc.constantFrom([], ['a'], ['a', 'b']),
  },
  { requiredKeys: ['type', 'symbol', 'price', 'from'] },
);
const changed = fc
  .tuple(right, fc.constantFrom(...Object.keys(shape), 'other', '__proto__', 'toString'), anything)
  .map(([value, key, other]) => Object.fromEntries([...Object.entries(value), [key, other]]));

describe('an object that is compiled', () => {
  it('takes what it took before, and says the same of anything else', () => {
    const compiled = compiledObject(shape);
    const latest = compiledLater(plain);
    fc.assert(
      fc.property(fc.oneof(right, changed, anything), (value) => {
        const expected = plain.safeParse(value);
        const found = compiled.safeParse(value);
        expect(found.data).toEqual(expected.data);
        expect(found.error?.issues).toEqual(expected.error?.issues);
        expect(latest().validate(value)).toBe(expected.success);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives back another object than it was given', () => {
    const compiled = compiledObject(shape);
    const value = { type: 'Sold', symbol: 'BTC-USDT', price: '1', from: { at: 1 } };
    for (let reads = 0; reads < 20; reads += 1) {
      const found = compiled.parse(value);
      expect(found).toEqual(value);
      expect(found).not.toBe(value);
    }
  });

  it('is told from others by its fields, as it was', () => {
    const either = z.discriminatedUnion('type', [
      compiledObject(shape),
      compiledObject({ type: z.literal('Ended') }),
    ]);
    for (let reads = 0; reads < 20; reads += 1) {
      expect(either.parse({ type: 'Ended' })).toEqual({ type: 'Ended' });
      expect(either.safeParse({ type: 'Sold' }).success).toBe(false);
      expect(either.safeParse({ type: 'Begun' }).success).toBe(false);
    }
  });
});
