import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  add,
  addTexts,
  compareTexts,
  ceilAt,
  compare,
  decimal,
  floorAt,
  formatDecimal,
  multiply,
  parseDecimal,
  subtract,
} from './units.ts';

const anyDecimal = fc
  .record({
    units: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
    scale: fc.integer({ min: 0, max: 18 }),
  })
  .map(({ units, scale }) => ({ units, scale }));

describe('a decimal', () => {
  it.each(['', ' 1', '1e5', 'NaN', '1.', '.5', '+1', '1,5', '0x1', 'Infinity', `1${'0'.repeat(40)}`])(
    'is not read from %j',
    (text) => {
      expect(parseDecimal(text)).toBeUndefined();
    },
  );

  it.each([
    ['13.80', '13.8'],
    ['-0', '0'],
    ['-0.000', '0'],
    ['007.50', '7.5'],
    ['100', '100'],
    ['-0.05', '-0.05'],
  ])('reads %s as %s', (text, shortest) => {
    expect(formatDecimal(decimal(text))).toBe(shortest);
  });

  it('is read digit by digit, however long it is', () => {
    const digits = fc.stringMatching(/^\d{1,20}$/);
    fc.assert(
      fc.property(fc.constantFrom('', '-'), digits, fc.option(digits), (sign, whole, fraction) => {
        const text = fraction === null ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
        const units = BigInt(whole + (fraction ?? '')) * (sign === '-' ? -1n : 1n);
        expect(parseDecimal(text)).toEqual({ units, scale: fraction?.length ?? 0 });
      }),
    );
  });

  it('is added as text as it is as a number, however long it is', () => {
    const digits = fc.oneof(fc.stringMatching(/^\d{1,7}$/), fc.stringMatching(/^\d{1,20}$/));
    const anyArb = fc
      .tuple(fc.constantFrom('', '-'), digits, fc.option(digits))
      .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === null ? '' : `.${fraction}`}`);
    const textArb = fc.oneof(
      anyArb,
      fc.constantFrom('0', '-0', '0.0', '0.5', '-0.50', '7.50', '070', '-7', '10'),
    );
    fc.assert(
      fc.property(textArb, textArb, (a, b) => {
        const scale = 20;
        const unitsOf = (text: string) => {
          const [whole = '', fraction = ''] = text.replace('-', '').split('.');
          const units = BigInt(whole + fraction.padEnd(scale, '0'));
          return text.startsWith('-') ? -units : units;
        };
        const sum = unitsOf(a) + unitsOf(b);
        const digitsOfSum = `${sum < 0n ? -sum : sum}`.padStart(scale + 1, '0');
        const text = `${digitsOfSum.slice(0, -scale)}.${digitsOfSum.slice(-scale)}`.replace(/\.?0+$/, '');
        expect(addTexts(a, b)).toBe(sum < 0n ? `-${text}` : text);
      }),
      { numRuns: 1_000 },
    );
    expect(addTexts('-0.50', '0.5')).toBe('0');
    expect(() => addTexts('1', '1e3')).toThrow('not a decimal');
  });

  it('is compared as text by what it counts, however it is written', () => {
    const short = fc.record({
      units: fc.bigInt({ min: -9_999n, max: 9_999n }),
      scale: fc.integer({ min: 0, max: 4 }),
    });
    const either = fc.oneof(anyDecimal, short);
    fc.assert(
      fc.property(either, either, fc.constantFrom('', '0', '000'), (a, b, zeros) => {
        const [first, second] = [formatDecimal(a), formatDecimal(b)];
        const padded = zeros === '' ? first : `${first}${first.includes('.') ? '' : '.'}${zeros}`;
        expect(Math.sign(compareTexts(padded, second))).toBe(Math.sign(compare(a, b)));
        expect(compareTexts(first, padded)).toBe(0);
      }),
      { numRuns: 1_000 },
    );
    expect(compareTexts('123456789012345', '123456789012345.1')).toBe(-1);
    expect(compareTexts('-0', '0.00')).toBe(0);
    expect(() => compareTexts('1', '1e3')).toThrow('not a decimal');
  });

  it('is read from nothing else', () => {
    const nearly = fc.string({ unit: fc.constantFrom('0', '7', '.', '-', '+', 'e', ' '), maxLength: 8 });
    fc.assert(
      fc.property(nearly, (text) => {
        expect(parseDecimal(text) !== undefined).toBe(/^-?\d+(\.\d+)?$/.test(text));
      }),
    );
  });

  it('survives being written and read', () => {
    fc.assert(fc.property(anyDecimal, (value) => compare(decimal(formatDecimal(value)), value) === 0));
  });

  it('adds, subtracts and multiplies exactly', () => {
    fc.assert(
      fc.property(anyDecimal, anyDecimal, (a, b) => {
        const scaled = (x: typeof a): bigint => x.units * 10n ** BigInt(18 - x.scale);
        expect(compare(add(a, b), { units: scaled(a) + scaled(b), scale: 18 })).toBe(0);
        expect(compare(subtract(a, b), { units: scaled(a) - scaled(b), scale: 18 })).toBe(0);
        expect(compare(multiply(a, b), { units: scaled(a) * scaled(b), scale: 36 })).toBe(0);
      }),
    );
  });

  it('rounds down and up to the steps that enclose it', () => {
    fc.assert(
      fc.property(anyDecimal, fc.integer({ min: 0, max: 18 }), (value, scale) => {
        const [low, high] = [floorAt(value, scale), ceilAt(value, scale)];
        expect(compare({ units: low, scale }, value)).toBeLessThanOrEqual(0);
        expect(compare({ units: high, scale }, value)).toBeGreaterThanOrEqual(0);
        expect(high - low).toBeLessThanOrEqual(1n);
        expect(high === low).toBe(compare({ units: low, scale }, value) === 0);
      }),
    );
  });
});
