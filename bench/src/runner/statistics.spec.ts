import { describe, expect, it } from '@jest/globals';
import { growthExponent, median, percentile, spread } from './statistics.ts';

describe('the median', () => {
  it('is the middle value whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([3])).toBe(3);
  });

  it('lies between the two middle values of an even number', () => {
    expect(median([10, 1, 2, 4])).toBe(3);
  });

  it('compares numbers, not text', () => {
    expect(median([100, 9, 20])).toBe(20);
  });

  it('exists of no empty list', () => {
    expect(() => median([])).toThrow('no values');
  });
});

describe('a percentile', () => {
  it('is the least value that so many do not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile([7], 0.99)).toBe(7);
    expect(() => percentile([], 0.5)).toThrow('no values');
  });
});

describe('the spread', () => {
  it('is the smallest and the largest value', () => {
    expect(spread([3, -1, 7, 2])).toEqual([-1, 7]);
    expect(() => spread([])).toThrow('no values');
  });
});

describe('the growth exponent', () => {
  it('is 0 for what stays the same, 1 for what grows along and 2 for its square', () => {
    const sizes = [1e3, 1e4, 1e5, 1e6];
    expect(growthExponent(sizes.map((size) => [size, 40]))).toBeCloseTo(0);
    expect(growthExponent(sizes.map((size) => [size, 3 * size]))).toBeCloseTo(1);
    expect(growthExponent(sizes.map((size) => [size, size ** 2 / 7]))).toBeCloseTo(2);
  });

  it('needs two different sizes', () => {
    expect(() => growthExponent([[10, 1]])).toThrow('two different sizes');
  });
});
