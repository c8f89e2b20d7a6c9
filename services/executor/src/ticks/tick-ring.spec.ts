import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Run, TickRing } from './tick-ring.ts';

describe('a ring of ticks', () => {
  it('gives back every frame that is not dropped as it was, whatever came and went', () => {
    const stepArb = fc.record({
      length: fc.integer({ min: 1, max: 900 }),
      drops: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(stepArb, { maxLength: 120, size: 'max' }), (steps) => {
        const ring = new TickRing();
        let kept: { run: Run; seed: number }[] = [];
        steps.forEach(({ length, drops }, seed) => {
          for (let i = 0; i < Math.min(drops, kept.length); i += 1) ring.dropOldest();
          kept = [...kept.slice(drops), { run: ring.add(ticks(length, seed)), seed }];
          for (const each of kept) expect(ring.columns(each.run)).toEqual(ticks(each.run.length, each.seed));
        });
      }),
      { numRuns: 50 },
    );
  });
});

function ticks(length: number, seed: number) {
  return {
    instrument: new Uint16Array(length).fill(seed),
    exchangeAt: new Float64Array(length).fill(seed + 0.25),
    first: Float64Array.from({ length }, (_, i) => seed * 1_000 + i),
    second: new Float64Array(length).fill(seed + 0.5),
  };
}
