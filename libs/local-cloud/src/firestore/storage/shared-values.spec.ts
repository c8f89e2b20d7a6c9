import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v1, type Value } from '../protos.ts';
import { identicalFields } from '../values/compare.ts';
import { SharedValues } from './shared-values.ts';

const anyValue: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom('1', '1.0', '-0', 'a', '').map((stringValue) => ({ stringValue })),
  fc
    .constantFrom(0, 1, '1', '9007199254740993', '9007199254740992')
    .map((integerValue) => ({ integerValue })),
  fc.constantFrom(1, -0, 0, Number.NaN).map((doubleValue) => ({ doubleValue })),
  fc.constant({ booleanValue: true }),
);

describe('values that are shared', () => {
  it('are the same as those that they stand for, types included', () => {
    fc.assert(
      fc.property(fc.array(anyValue), (values) => {
        const shared = new SharedValues();
        for (const value of values) {
          const decoded = v1.Value.decode(v1.Value.encode(value).finish());
          const found = shared.share(decoded);
          expect(identicalFields({ found }, { found: decoded })).toBe(true);
        }
      }),
    );
  });

  it('are one for strings and integers that come again', () => {
    const shared = new SharedValues();
    for (const value of [{ stringValue: 'sell' }, { integerValue: 7 }])
      expect(shared.share({ ...value })).toBe(shared.share({ ...value }));
    expect(shared.share({ stringValue: '7' })).not.toBe(shared.share({ integerValue: 7 }));
  });
});
