import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { QuietBands } from './quiet-bands.ts';

const priceArb = fc.integer({ min: -9, max: 9 });
const stepArb = fc.oneof(
  fc.record({ do: fc.constant('set' as const), which: fc.nat(), above: priceArb, below: priceArb }),
  fc.record({ do: fc.constantFrom('add' as const, 'release' as const), which: fc.nat() }),
);

describe('the quiet bands of series', () => {
  it('are each its own, however many come and go', () => {
    fc.assert(
      fc.property(fc.array(stepArb, { maxLength: 100 }), priceArb, (steps, price) => {
        const bands = new QuietBands();
        const held = new Map<number, readonly [number, number]>();
        for (const step of steps) {
          const band = [...held.keys()][step.which % Math.max(1, held.size)];
          if (step.do === 'add') held.set(bands.add(), [-Infinity, Infinity]);
          if (band === undefined) continue;
          if (step.do === 'release') {
            bands.release(band);
            held.delete(band);
          } else if (step.do === 'set') {
            bands.set(band, step.above, step.below);
            held.set(band, [step.above, step.below]);
          }
        }
        for (const [band, [above, below]] of held) {
          expect(bands.has(band, price)).toBe(price > above && price < below);
        }
        expect(bands.has(QuietBands.everything, price)).toBe(true);
        expect(bands.has(QuietBands.nothing, price)).toBe(false);
      }),
    );
  });

  it('tell the first tick of any instrument that is not within its own', () => {
    const tickArb = fc.record({ instrument: fc.nat(3), price: priceArb });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(priceArb, priceArb), { minLength: 4, maxLength: 4 }),
        fc.array(tickArb),
        fc.nat(9),
        (limits, ticks, from) => {
          const bands = new QuietBands();
          const bandOf = Uint32Array.from(limits, ([above, below]) => {
            const band = bands.add();
            bands.set(band, above, below);
            return band;
          });
          const prices = Float64Array.from(ticks, ({ price }) => price);
          const instrument = Uint16Array.from(ticks, ({ instrument: of }) => of);
          const isOutside = ({ instrument: of, price }: (typeof ticks)[number]): boolean =>
            price <= limits[of]![0] || price >= limits[of]![1];
          const expected = ticks.findIndex((tick, at) => at >= from && isOutside(tick));
          const found = bands.firstOutside(prices, instrument, bandOf, from);
          expect(found).toBe(expected < 0 ? ticks.length : expected);
        },
      ),
    );
  });
});
