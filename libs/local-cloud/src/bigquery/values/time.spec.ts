import { describe, expect, it } from '@jest/globals';

import {
  formatDate,
  formatTimestamp,
  maxTimestamp,
  minTimestamp,
  parseDate,
  parseTimestamp,
} from './time.ts';

describe('parseTimestamp', () => {
  it.each([
    ['1970-01-01', 0n],
    ['1970-01-01 00:00:01', 1_000_000n],
    ['1970-01-01T00:00:00.000001Z', 1n],
    ['1970-01-01 00:00:00.5 UTC', 500_000n],
    ['1970-01-01 02:00:00+02', 0n],
    ['1969-12-31T18:30:00-05:30', 0n],
    ['1969-12-31 23:59:59.9', -100_000n],
    ['2024-01-01T00:00:00.123456000Z', 1_704_067_200_123_456n],
    ['0001-01-01', minTimestamp],
    ['9999-12-31 23:59:59.999999', maxTimestamp],
  ])('reads %s', (text, expected) => {
    expect(parseTimestamp(text)).toBe(expected);
  });

  it.each([
    'yesterday',
    '2024-02-30',
    '2024-01-01 25:00:00',
    '2024-01-01 00:00:00 Europe/Berlin',
    '2024-01-01 00:00:00.1234567',
    '10000-01-01',
    '0000-01-01',
  ])('refuses %s', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });
});

describe('dates and their text', () => {
  it.each([
    ['1970-01-01', 0],
    ['2024-02-29', 19_782],
    ['1969-12-31', -1],
    ['0001-01-01', -719_162],
    ['9999-12-31', 2_932_896],
  ])('%s is day %d', (text, days) => {
    expect(parseDate(text)).toBe(days);
    expect(formatDate(days)).toBe(text);
  });

  it('writes timestamps before the epoch', () => {
    expect(formatTimestamp(-1n)).toBe('1969-12-31T23:59:59.999999Z');
  });
});
