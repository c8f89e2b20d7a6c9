import { describe, expect, it } from '@jest/globals';
import { systemClock, systemIds } from './system.ts';

describe('systemIds', () => {
  it('draws a new id each time', () => {
    const ids = Array.from({ length: 1_000 }, () => systemIds.next());
    expect(new Set(ids).size).toBe(1_000);
  });

  it.each([1, 16, 31, 32])('draws %d hex digits', (digits) => {
    expect(systemIds.hex(digits)).toMatch(new RegExp(`^[0-9a-f]{${digits}}$`));
  });
});

describe('systemClock', () => {
  it('tells epoch milliseconds and never runs backwards', () => {
    const times = Array.from({ length: 1_000 }, () => systemClock.now());
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThan(Date.UTC(2020, 0));
  });
});
