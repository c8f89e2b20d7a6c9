import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeExtremes, encodeExtremes } from './extremes-codec.ts';

const extremesArb = fc.array(
  fc.record({
    symbol: fc.constantFrom('BTC-USDT', 'SPY', 'A/B'),
    series: fc.constantFrom('trade' as const, 'bid' as const, 'ask' as const),
    direction: fc.constantFrom('highest' as const, 'lowest' as const),
    points: fc.array(
      fc.record({
        epoch: fc.constantFrom('tape-0000000001', 'tape-0000000002', 'über-9'),
        ordinal: fc.nat(2 ** 40),
        exchangeAt: fc.integer({ min: 0, max: 4_102_444_800_000 }),
        price: fc.constantFrom('0.00000001', '64250.5', '123456789012345678901234567890'),
      }),
    ),
  }),
);

describe('best prices as bytes', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(extremesArb, (extremes) => {
        expect(decodeExtremes(encodeExtremes(extremes))).toEqual(extremes);
      }),
    );
  });

  it('are a quarter of a million bytes for fifteen thousand', () => {
    const points = Array.from({ length: 15_000 }, (_, i) => ({
      epoch: 'tape-0000000007',
      ordinal: i * 1_000,
      exchangeAt: 1_795_252_000_000 + i * 10_000,
      price: `${64_250 - i / 8}`,
    }));
    const bytes = encodeExtremes([{ symbol: 'BTC-USDT', series: 'trade', direction: 'highest', points }]);
    expect(bytes.length).toBeLessThan(256 * 1024);
  });

  it.each([
    ['nothing', []],
    ['another version', [2, 0]],
    ['a series that is none', [1, 1, 1, 65, 9, 0, 0]],
    ['less than was announced', [1, 3]],
  ])('are not read from %s', (_what, bytes) => {
    expect(() => decodeExtremes(Uint8Array.from(bytes))).toThrow(RangeError);
  });
});
