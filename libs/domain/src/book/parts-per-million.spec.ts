import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { partOf } from './parts-per-million.ts';

describe('a part of a price', () => {
  it('is rounded up, exactly', () => {
    const priceArb = fc.oneof(
      fc.nat(20_000_000),
      fc.integer({ min: 0, max: 4_500_000_000_000_000 }),
      fc.integer({ min: 9_007_199_000, max: 9_007_200_000 }),
    );
    const ppmArb = fc.oneof(fc.integer({ min: 0, max: 1_000_000 }), fc.constantFrom(1, 999_999, 1_000_000));
    fc.assert(
      fc.property(priceArb, ppmArb, (price, ppm) => {
        const exact = (BigInt(price) * BigInt(ppm) + 999_999n) / 1_000_000n;
        expect(partOf(price, ppm)).toBe(Number(exact));
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    [9_007_199_254, 1_000_000, 9_007_199_254],
    [9_007_199_253, 999_999, 9_007_190_246],
    [9_007_199_254_740_991, 1, 9_007_199_255],
    [1, 1, 1],
    [0, 500_000, 0],
    [0, Infinity, Infinity],
    [7, Infinity, Infinity],
  ])('of %d by %d is %d', (price, ppm, part) => {
    expect(partOf(price, ppm)).toBe(part);
  });
});
