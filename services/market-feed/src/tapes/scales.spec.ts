import { describe, expect, it } from '@jest/globals';
import type { MeasuredTape, NumberRange } from './measure-tape.ts';
import { unifyScales } from './scales.ts';

function range(scale: number, units = 1, unitsScale = scale): NumberRange {
  return { scale, units, unitsScale, line: 7 };
}

function tape(path: string, symbol: string, price: NumberRange, size: NumberRange): MeasuredTape {
  return { path, kind: 'trade', rows: 1, firstAt: 1, lastAt: 1, symbols: [{ symbol, price, size }] };
}

describe('unifyScales', () => {
  it('takes the most decimals of a symbol over all tapes', () => {
    const scales = unifyScales([
      tape('a', 'SPY', range(2), range(0)),
      tape('b', 'BAC', range(4), range(1)),
      tape('c', 'SPY', range(1), range(3)),
    ]);
    expect([...scales.values()]).toEqual([
      { symbol: 'SPY', priceScale: 2, sizeScale: 3 },
      { symbol: 'BAC', priceScale: 4, sizeScale: 1 },
    ]);
  });

  it('refuses a number that the decimals of another tape make too large', () => {
    const small = tape('small', 'X', range(12), range(0));
    expect(() => unifyScales([small, tape('fits', 'X', range(0, 4_500), range(0))])).not.toThrow();
    expect(() => unifyScales([small, tape('large', 'X', range(0, 4_501), range(0))])).toThrow(
      'large: line 7: the price is too large to be counted with the 12 decimals that X needs',
    );
  });
});
