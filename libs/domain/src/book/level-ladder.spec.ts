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
          if (gathered > 0) ladder.gather(gathered >>> 1);
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

  it('holds what a list of levels holds, whatever comes and goes in between', () => {
    const waveArb = fc.record({
      /** How many come, from which price on and how far spread. */
      come: fc.integer({ min: 1, max: 2_500 }),
      from: fc.integer({ min: -2_000, max: 2_000 }),
      spread: fc.constantFrom(1, 40, 3_000),
      areGathered: fc.boolean(),
      /** Of a thousand, how many go again. */
      go: fc.nat(1_000),
      /** Below the highest: what is reached then. */
      fall: fc.constantFrom(-1, 0, 3, 700),
    });
    fc.assert(
      fc.property(fc.array(waveArb, { minLength: 1, maxLength: 8 }), (waves) => {
        const ladder = new LevelLadder();
        const reached = new LineIds();
        let levels: { price: number; line: number }[] = [];
        let line = 0;
        for (const { come, from, spread, areGathered, go, fall } of waves) {
          if (areGathered) ladder.gather(0);
          for (let i = 0; i < come; i += 1) {
            line += 1;
            const price = from + ((line * 7919) % spread);
            ladder.insert(price, line);
            levels.push({ price, line });
          }
          ladder.settle();
          const isGoing = (level: { line: number }) => (level.line * 6151) % 1_000 < go;
          for (const level of levels.filter(isGoing)) ladder.remove(level.price, level.line);
          levels = levels.filter((level) => !isGoing(level));
          const highest = levels.reduce((most, { price }) => Math.max(most, price), -Infinity);
          expect([ladder.size, ladder.nearest]).toEqual([levels.length, highest]);
          reached.clear();
          ladder.takeReached(highest - fall, reached);
          const inOrder = levels.toSorted((a, b) => b.price - a.price || a.line - b.line);
          const expected = inOrder.filter(({ price }) => price >= highest - fall);
          const lines = Array.from({ length: reached.length }, (_, index) => reached.at(index));
          expect(lines).toEqual(expected.map((level) => level.line));
          levels = inOrder.slice(expected.length);
        }
      }),
      { numRuns: 60 },
    );
  });

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
