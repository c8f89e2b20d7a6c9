import { describe, expect, it } from '@jest/globals';
import { epochMilliseconds } from './timestamp.ts';

describe('a timestamp', () => {
  it.each([
    ['2026-11-21T09:16:53.123456+00:00', 1_795_252_613_123.456],
    ['2026-11-21T10:16:53.000001+01:00', 1_795_252_613_000.001],
    ['2026-11-21T09:16:53+00:00', 1_795_252_613_000],
    ['2026-11-21T09:16:53.5Z', 1_795_252_613_500],
    ['2026-13-41T09:16:53Z', undefined],
    ['yesterday', undefined],
  ])('%s', (text, milliseconds) => {
    expect(epochMilliseconds(text)).toBe(milliseconds);
  });
});
