import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeExtremes, encodeExtremes } from './extremes-codec.ts';

const extremesArb = fc.array(
  fc.record(
    {
      symbol: fc.constantFrom('BTC-USDT', 'SPY', 'A/B'),
      series: fc.constantFrom('trade' as const, 'bid' as const, 'ask' as const, 'mark' as const),
      direction: fc.constantFrom('highest' as const, 'lowest' as const),
      windowMs: fc.nat(86_400_000),
      points: fc.array(
        fc.record({
          epoch: fc.constantFrom('tape-0000000001', 'tape-0000000002', 'über-9'),
          ordinal: fc.nat(2 ** 40),
          exchangeAt: fc.integer({ min: 0, max: 4_102_444_800_000 }),
          price: fc.constantFrom('0.00000001', '64250.5', '123456789012345678901234567890'),
        }),
      ),
    },
    { requiredKeys: ['symbol', 'series', 'direction', 'points'] },
  ),
);

describe('best prices as bytes', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(extremesArb, (extremes) => {
        expect(decodeExtremes(encodeExtremes(extremes))).toEqual(extremes);
      }),
    );
  });

  it('are read from bytes of the first version, which is written where it suffices', () => {
    const bytes = Uint8Array.of(1, 1, 1, 65, 1, 0, 1, 2, 101, 49, 14, 20, 2, 57, 53);
    const points = [{ epoch: 'e1', ordinal: 7, exchangeAt: 10, price: '95' }];
    const extremes = [{ symbol: 'A', series: 'bid' as const, direction: 'highest' as const, points }];
    expect(decodeExtremes(bytes)).toEqual(extremes);
    expect(encodeExtremes(extremes)).toEqual(bytes);
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
    ['another version', [3, 0]],
    ['a series that is none', [2, 1, 1, 65, 9, 0, 0, 0]],
    ['a series that its version does not know', [1, 1, 1, 65, 3, 0, 0]],
    ['less than was announced', [1, 3]],
  ])('are not read from %s', (_what, bytes) => {
    expect(() => decodeExtremes(Uint8Array.from(bytes))).toThrow(RangeError);
  });
});
