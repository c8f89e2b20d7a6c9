import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { formatBigNumeric, formatNumeric, parseBigNumeric, parseNumeric } from './numeric.ts';

describe('parseNumeric', () => {
  it.each([
    ['0', 0n],
    ['1.25', 1_250_000_000n],
    ['-1.25', -1_250_000_000n],
    ['.5', 500_000_000n],
    ['5.', 5_000_000_000n],
    ['1e3', 1_000_000_000_000n],
    ['1.5E-9', 2n],
    ['0.0000000005', 1n],
    ['-0.0000000005', -1n],
    ['0.00000000049999', 0n],
    ['123456.123456789', 123_456_123_456_789n],
    ['99999999999999999999999999999.999999999', 10n ** 38n - 1n],
  ])('reads %s', (text, expected) => {
    expect(parseNumeric(text)).toBe(expected);
  });

  it.each(['', '.', 'x', '1_000', '1e', '--1', '0x1', 'NaN', '100000000000000000000000000000', '1 2'])(
    'refuses %j',
    (text) => {
      expect(parseNumeric(text)).toBeUndefined();
    },
  );

  it('reads back every value that is written', () => {
    const limit = 10n ** 38n - 1n;
    fc.assert(
      fc.property(fc.bigInt({ min: -limit, max: limit }), (value) => {
        expect(parseNumeric(formatNumeric(value))).toBe(value);
      }),
    );
  });
});

describe('parseBigNumeric', () => {
  const greatest = '578960446186580977117854925043439539266.34992332820282019728792003956564819967';
  const least = '-578960446186580977117854925043439539266.34992332820282019728792003956564819968';

  it.each([
    ['1.5', 15n * 10n ** 37n],
    ['-0.000000000000000000000000000000000000005', -1n],
    ['0.0000000000000000000000000000000000000049', 0n],
    ['1e-38', 1n],
    [greatest, 2n ** 255n - 1n],
    [least, -(2n ** 255n)],
  ])('reads %s', (text, expected) => {
    expect(parseBigNumeric(text)).toBe(expected);
  });

  it.each(['', 'x', least.replace(/8$/, '9'), least.slice(1), '6e38'])('refuses %j', (text) => {
    expect(parseBigNumeric(text)).toBeUndefined();
  });

  it('reads back every value that is written', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 255n), max: 2n ** 255n - 1n }), (value) => {
        expect(parseBigNumeric(formatBigNumeric(value))).toBe(value);
      }),
    );
  });
});

describe('formatNumeric', () => {
  it.each([
    [0n, '0'],
    [1n, '0.000000001'],
    [-1_500_000_000n, '-1.5'],
    [100_000_000_000n, '100'],
  ])('writes %s', (value, expected) => {
    expect(formatNumeric(value)).toBe(expected);
  });
});
