import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LevelLadder } from './level-ladder.ts';
import { LineIds } from './line-ids.ts';

const pricesArb = fc
  .constantFrom(3, 700, 1_000_000)
  .chain((most) => fc.array(fc.nat(most), { minLength: 1_200, maxLength: 5_000, size: 'max' }));

describe('a ladder of levels', () => {
  it.each<[string, (a: number, b: number) => number, number]>([
    ['in any order', () => 0, 0],
    ['rising', (a, b) => a - b, 0],
    ['falling', (a, b) => b - a, 0],
    ['all at once', () => 0, 5_000],
    ['many at once, then the others', () => 0, 900],
  ])(
    'gives back what is left of thousands, armed %s, as (price falling, line rising)',
    (_what, order, gathered) => {
      fc.assert(
        fc.property(pricesArb, fc.double({ min: 0.3, max: 1, noNaN: true }), (drawn, share) => {
          const prices = drawn.toSorted(order);
          const ladder = new LevelLadder();
          if (gathered > 0) ladder.gather();
          prices.forEach((price, line) => {
            if (line === gathered) ladder.settle();
            ladder.insert(price, line);
          });
          expect([ladder.size, ladder.nearest]).toEqual([prices.length, Math.max(...prices)]);
          // Taken out here and there, and from one side on.
          const isLeft = (line: number): boolean =>
            (line * 7919) % 1_000 >= share * 1_000 && line % 5_000 > 200;
          prices.forEach((price, line) => {
            if (!isLeft(line)) ladder.remove(price, line);
          });
          const left = prices.map((price, line) => ({ price, line })).filter(({ line }) => isLeft(line));
          expect(ladder.size).toBe(left.length);
          const inOrder = left.toSorted((a, b) => b.price - a.price || a.line - b.line);
          const reached = new LineIds();
          for (const price of [900_000, 500_000, 650, 300, 2, 0]) {
            reached.clear();
            expect(ladder.nearest).toBe(inOrder[0]?.price ?? -Infinity);
            ladder.takeReached(price, reached);
            const expected = inOrder.splice(0, inOrder.filter((level) => level.price >= price).length);
            const lines = Array.from({ length: reached.length }, (_, index) => reached.at(index));
            expect(lines).toEqual(expected.map(({ line }) => line));
          }
          expect([ladder.size, ladder.nearest]).toEqual([0, -Infinity]);
        }),
        { numRuns: 25, endOnFailure: true },
      );
    },
  );

  it('changes nothing when a level is taken out that is not there', () => {
    const ladder = new LevelLadder();
    for (const line of [1, 2, 3]) ladder.insert(10, line);
    for (const [price, line] of [
      [10, 4],
      [9, 1],
      [11, 1],
    ] as const)
      ladder.remove(price, line);
    ladder.remove(10, 2);
    ladder.remove(10, 2);
    const reached = new LineIds();
    ladder.takeReached(10, reached);
    expect([reached.length, reached.at(0), reached.at(1)]).toEqual([2, 1, 3]);
  });
});
