import { describe, expect, it } from '@jest/globals';
import { isMaterial } from './told-accounts.ts';

const told = { at: 0, openPositions: 2, equity: 1_000, exposure: 500 };

describe('what is worth a snapshot', () => {
  it.each([
    [
      'the first of an account that has something',
      undefined,
      { openPositions: 1, equity: 0, exposure: 0 },
      true,
    ],
    ['nothing of an empty account', undefined, { openPositions: 0, equity: 0, exposure: 0 }, false],
    ['nothing that stays as it is', told, told, false],
    ['equity less than a hundredth away', told, { ...told, equity: 990.01 }, false],
    ['equity a hundredth away', told, { ...told, equity: 990 }, true],
    ['exposure a hundredth of the equity away', told, { ...told, exposure: 510 }, true],
    ['another number of positions', told, { ...told, openPositions: 3 }, true],
    ['a price that is gone', told, { ...told, equity: Number.NaN }, true],
    [
      'a price that is still missing',
      { ...told, equity: Number.NaN },
      { ...told, equity: Number.NaN },
      false,
    ],
    ['a price that came', { ...told, equity: Number.NaN }, told, true],
  ])('%s', (_what, before, now, expected) => {
    expect(isMaterial(before, now)).toBe(expected);
  });
});
