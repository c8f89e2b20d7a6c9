import type { Line } from '@bellwether/domain';
import fc from 'fast-check';
import { frameArb } from '../ticks/shard-run.arbitrary.ts';

/** Prices of the market walk around 100. */
const priceArb = fc.oneof(
  fc.integer({ min: 9_880, max: 10_120 }).map((units) => ({ units: BigInt(units), scale: 2 })),
  fc.integer({ min: 998_800, max: 1_001_200 }).map((units) => ({ units: BigInt(units), scale: 4 })),
  fc
    .bigInt({ min: -900n, max: 900n })
    .map((units) => ({ units: 10n ** 20n + units * 10n ** 15n, scale: 18 })),
);
const distanceArb = fc.oneof(
  fc.integer({ min: 1, max: 700 }).map((units) => ({ absolute: { units: BigInt(units), scale: 4 } })),
  fc.integer({ min: 1, max: 7_000 }).map((ppm) => ({ ppm })),
);
const seriesArb = fc.constantFrom('trade' as const, 'trade' as const, 'bid' as const, 'ask' as const);
const reasonArb = fc.constantFrom('stopLoss' as const, 'takeProfit' as const, 'trigger' as const);

const lineArb: fc.Arbitrary<Line> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('fixed' as const),
      reason: reasonArb,
      series: seriesArb,
      fires: fc.constantFrom('atOrBelow' as const, 'atOrAbove' as const),
      price: priceArb,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('trailing' as const),
      reason: fc.constant('trailingStop' as const),
      series: seriesArb,
      follows: fc.constantFrom('highest' as const, 'lowest' as const),
      distance: distanceArb,
      start: priceArb,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('time' as const),
      reason: fc.constant('timeExit' as const),
      series: seriesArb,
      at: fc.integer({ min: 1_000, max: 1_060 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      reason: fc.constant('trigger' as const),
      series: seriesArb,
      direction: fc.constantFrom('up' as const, 'down' as const, 'either' as const),
      ppm: fc.integer({ min: 1, max: 900 }),
      windowMs: fc.constantFrom(3, 9),
    }),
  },
);

/** Lines of one subject, and from when on they count: from the next tick, or from times around it. */
const linesArb = fc.array(
  fc.record({ line: lineArb, from: fc.oneof(fc.constant('next' as const), fc.integer({ min: -4, max: 6 })) }),
  { minLength: 1, maxLength: 3 },
);

const whichArb = fc.nat();
const frame = { weight: 12, arbitrary: frameArb([0, 1, 2, 3]) };
const arm = {
  weight: 6,
  arbitrary: fc.record({
    do: fc.constant('arm' as const),
    symbol: fc.constantFrom('A', 'A', 'B', 'C'),
    lines: linesArb,
  }),
};
const amend = {
  weight: 2,
  arbitrary: fc.record({
    do: fc.constant('amend' as const),
    which: whichArb,
    /** Which of its lines stay as they are; the others go. */
    kept: fc.nat(7),
    lines: linesArb,
  }),
};
const end = {
  weight: 1,
  arbitrary: fc.record({ do: fc.constant('end' as const), which: whichArb }),
};
const tellAgain = {
  weight: 1,
  arbitrary: fc.record({ do: fc.constant('tellAgain' as const), which: whichArb }),
};
const rearm = {
  weight: 2,
  arbitrary: fc.record({ do: fc.constant('rearm' as const), which: whichArb }),
};
const stepArb = fc.oneof(frame, arm, amend, end, tellAgain, rearm);
/** One thing that happens to a book. */
export type BookStep = typeof stepArb extends fc.Arbitrary<infer Value> ? Value : never;

/** The life of a book until its snapshot is taken, and what happens to the books of the next start. */
export const livesArb = fc.record({
  before: fc.array(fc.oneof(frame, { ...arm, weight: 20 }, amend, end), { maxLength: 60, size: 'max' }),
  subjectsPerBlock: fc.integer({ min: 1, max: 9 }),
  /** Subjects that the snapshot holds twice, as of before their last change. */
  isWrittenTwice: fc.boolean(),
  after: fc.array(stepArb, { maxLength: 60, size: 'max' }),
});
