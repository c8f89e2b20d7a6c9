import { describe, expect, it } from '@jest/globals';
import { retryAfterMsOf } from './retry-after.ts';

const now = Date.parse('2026-11-28T01:00:00Z');

describe('how long an answer asks to wait', () => {
  it.each([
    ['2', 2_000],
    ['0.5', 500],
    ['0', 50],
    ['86400', 3_600_000],
    ['Sat, 28 Nov 2026 01:00:30 GMT', 30_000],
    ['Sat, 28 Nov 2026 00:59:00 GMT', 50],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (text, milliseconds) => {
    expect(retryAfterMsOf({ status: 429, header: () => text, body: '' }, now)).toBe(milliseconds);
  });
});
