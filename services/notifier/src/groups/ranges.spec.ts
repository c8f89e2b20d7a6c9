import { describe, expect, it } from '@jest/globals';
import { ranges } from './ranges.ts';

describe('numbers as a person lists them', () => {
  it.each([
    [[], ''],
    [[7], '7'],
    [[5, 3, 4, 3], '3-5'],
    [[9, 1, 2], '1-2, 9'],
    [[1, 3, 5, 7, 9, 11, 12], '1, 3, 5, 7, 9, and 2 more'],
  ])('%j reads %s', (numbers, text) => {
    expect(ranges(numbers)).toBe(text);
  });
});
