import fc from 'fast-check';
import { type Frame, largestFrameInteger, symbolHealths } from './frame.ts';

const value = fc.oneof(
  fc.integer({ min: 0, max: 1_000 }),
  fc.integer({ min: 0, max: 2 ** 36 }),
  fc.integer({ min: 0, max: largestFrameInteger }),
  fc.constant(largestFrameInteger),
);
/** Any frame that can be written. */
export const frameArb: fc.Arbitrary<Frame> = fc
  .record({
    instruments: fc.array(
      fc.record({
        symbol: fc.string({ minLength: 1, maxLength: 12 }),
        venue: fc.string({ unit: 'grapheme', maxLength: 6 }),
        kind: fc.constantFrom('trade' as const, 'quote' as const, 'mark' as const),
        priceScale: fc.integer({ min: 0, max: 18 }),
        sizeScale: fc.integer({ min: 0, max: 18 }),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    ticks: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 8.64e15 / 4 }), value, value), {
      maxLength: 60,
    }),
    shard: fc.integer({ min: 0, max: 63 }),
    number: fc.integer({ min: 1, max: 1e9 }),
    firstOrdinal: fc.integer({ min: 0, max: 1e12 }),
    isLast: fc.boolean(),
    health: fc.array(
      fc.record({
        at: fc.nat({ max: 80 }),
        symbol: fc.string({ minLength: 1, maxLength: 12 }),
        health: fc.constantFrom(...symbolHealths),
        reason: fc.string({ unit: 'grapheme' }),
        since: fc.nat({ max: 4e12 }),
      }),
      { maxLength: 4 },
    ),
  })
  .map(({ instruments, ticks, health, ...header }) => ({
    ...header,
    ...(health.length === 0
      ? {}
      : {
          health: health
            .map((change) => ({ ...change, at: Math.min(change.at, ticks.length) }))
            .toSorted((a, b) => a.at - b.at),
        }),
    epoch: 'tape-0000000001',
    receivedAt: 1_700_000_000_000,
    instruments,
    length: ticks.length,
    instrument: Uint16Array.from(ticks, ([index]) => index % instruments.length),
    exchangeAt: Float64Array.from(ticks, ([, at]) => at),
    first: Float64Array.from(ticks, ([, , first]) => first),
    second: Float64Array.from(ticks, ([, , , second]) => second),
  }));
