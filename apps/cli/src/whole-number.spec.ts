import { describe, expect, it } from '@jest/globals';
import { wholeNumber } from './whole-number.ts';

describe('a whole number of an option', () => {
  it.each([
    ['1', 1],
    ['10', 10],
    ['007', 7],
  ])('may be %s', (text, number) => {
    expect(wholeNumber('--limit', text, 1, 10)).toBe(number);
  });

  it.each(['', ' ', '0', '11', '-1', '1.5', '1e1', '0x5', 'x', 'Infinity'])('may not be "%s"', (text) => {
    expect(() => wholeNumber('--limit', text, 1, 10)).toThrow(
      `--limit: must be a whole number from 1 to 10, not "${text}"`,
    );
  });
});
