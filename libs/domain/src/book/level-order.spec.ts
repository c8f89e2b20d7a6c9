import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { levelOrder } from './level-order.ts';

const priceArb = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: -70_000, max: 70_000 }),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }),
  fc.constantFrom(-0, 0, Infinity, -Infinity),
);

describe('the order of levels', () => {
  it('tells prices apart whose distances from the lowest are the same number', () => {
    const order = levelOrder(Float64Array.of(1e-20, 0, -3), Uint32Array.of(0, 1, 2));
    expect(Array.from(order)).toEqual([2, 1, 0]);
  });

  it.each([
    ['rising lines', true],
    ['lines in any order', false],
  ])('of %s is by price, and of one price the last line first', (_what, areRising) => {
    const levelArb = fc.record({ price: priceArb, line: fc.nat() });
    fc.assert(
      fc.property(fc.array(levelArb, { maxLength: 600 }), (drawn) => {
        const levels = areRising ? drawn.map(({ price }, at) => ({ price, line: 3 * at })) : drawn;
        const prices = Float64Array.from(levels, ({ price }) => price);
        const lines = Uint32Array.from(levels, ({ line }) => line);
        const order = levelOrder(prices, lines);
        const plain = (level: (typeof levels)[number]) => ({ ...level, price: level.price + 0 });
        const slow = levels.toSorted((a, b) =>
          a.price < b.price ? -1 : a.price > b.price ? 1 : b.line - a.line,
        );
        expect(Array.from(order, (at) => plain(levels[at]!))).toEqual(slow.map(plain));
        expect(new Set(order).size).toBe(levels.length);
      }),
    );
  });
});
