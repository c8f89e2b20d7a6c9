import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adopted, given, halfOfTrades, positionWith } from '../account/account.builder.ts';
import { AccountSimulation } from '../account/account.simulation.ts';
import { type PlainExit, type PlainExits, type PlainTick, plainExits } from './execute-exit.oracle.ts';
import type { ExitsSpec } from './exits-spec.ts';

/** Prices lie around an entry of 100; the plain ones are distances from it in the position's favour. */
const entry = 100;
const lots = 12;
const gain = fc.integer({ min: 1, max: 9 });
const exits: fc.Arbitrary<PlainExits> = fc.record(
  {
    stop: fc.integer({ min: -9, max: -1 }),
    targets: fc
      .array(fc.record({ at: gain, lots: fc.integer({ min: 1, max: 6 }) }, { requiredKeys: ['at'] }), {
        maxLength: 4,
      })
      .map((targets) => targets.toSorted((a, b) => a.at - b.at)),
    trail: fc.record(
      { distance: fc.integer({ min: 1, max: 6 }), activation: gain },
      { requiredKeys: ['distance'] },
    ),
    breakEven: fc.oneof(
      fc.record({ offset: fc.integer({ min: -1, max: 2 }), targets: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ offset: fc.integer({ min: -1, max: 2 }), at: gain }),
    ),
    endsAtTick: fc.integer({ min: 0, max: 20 }),
  },
  { requiredKeys: ['targets'] },
);
const path = fc.array(fc.integer({ min: -10, max: 10 }), { minLength: 1, maxLength: 20 });
const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 20, maxLength: 20 });
const side = fc.constantFrom('long' as const, 'short' as const);

function specOf(plain: PlainExits, price: (distance: number) => string): ExitsSpec | undefined {
  const { stop, targets, trail, breakEven, endsAtTick } = plain;
  if (breakEven !== undefined && 'targets' in breakEven && breakEven.targets > targets.length)
    return undefined;
  return {
    ...(stop === undefined ? {} : { stopLoss: { price: price(stop) } }),
    targets: targets.map(({ at, lots: size }) => ({
      price: price(at),
      ...(size === undefined ? {} : { size: { quantity: String(size) } }),
    })),
    ...(trail === undefined
      ? {}
      : {
          trailing: {
            distance: String(trail.distance),
            ...(trail.activation === undefined ? {} : { activation: { price: price(trail.activation) } }),
          },
        }),
    ...(breakEven === undefined
      ? {}
      : {
          breakEven: {
            after: 'at' in breakEven ? { price: price(breakEven.at) } : { targets: breakEven.targets },
            offset: String(breakEven.offset),
          },
        }),
    // The simulation's first trade is at 1001, each a millisecond after the one before.
    ...(endsAtTick === undefined ? {} : { timeExit: { at: 1_001 + endsAtTick } }),
  };
}

/** A shadow broker that fills half of what trades, one lot at least, or all at once. */
function simulationOf(spec: ExitsSpec, way: 'long' | 'short', isBounded: boolean): AccountSimulation {
  const terms = { side: way, quantity: String(lots), entryPrice: String(entry), lotSize: '1' };
  const events = [adopted(positionWith(spec, terms))];
  return new AccountSimulation(given(...(isBounded ? [halfOfTrades] : []), ...events));
}

describe('the exits of a position', () => {
  it('close it at the ticks, in the sizes and for the reasons that the rules say', () => {
    const reasons = new Set<string>();
    fc.assert(
      fc.property(exits, path, sizes, side, fc.boolean(), (plain, distances, traded, way, isBounded) => {
        const price = (distance: number) => String(way === 'long' ? entry + distance : entry - distance);
        const spec = specOf(plain, price);
        fc.pre(spec !== undefined);
        const simulation = simulationOf(spec ?? {}, way, isBounded);
        const ticks = distances.map((distance, i): PlainTick => {
          const size = traded[i] ?? 1;
          simulation.trade('BAC', price(distance), String(size));
          return { price: distance, ...(isBounded ? { offers: Math.max(1, Math.floor(size / 2)) } : {}) };
        });
        const done = simulation.commits.flat().flatMap((event): PlainExit[] => {
          if (event.type !== 'PositionReduced' && event.type !== 'PositionClosed') return [];
          reasons.add(event.reason);
          return [{ tick: event.tick?.ordinal ?? -1, lots: Number(event.quantity), reason: event.reason }];
        });
        expect(done).toEqual(plainExits(lots, 0, plain, ticks));
      }),
      { numRuns: 1_500 },
    );
    expect([...reasons].toSorted()).toEqual(['stopLoss', 'takeProfit', 'timeExit', 'trailingStop']);
  });
});
