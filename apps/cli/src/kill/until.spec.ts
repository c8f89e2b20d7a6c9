import { describe, expect, it } from '@jest/globals';
import { parseUntil } from './until.ts';

const noon = Date.parse('2026-11-27T12:00:00Z');

describe('when a halt is to end', () => {
  it.each([
    ['90s', '2026-11-27T12:01:30.000Z'],
    ['30m', '2026-11-27T12:30:00.000Z'],
    ['2h', '2026-11-27T14:00:00.000Z'],
    ['1d', '2026-11-28T12:00:00.000Z'],
    ['2026-11-27T18:00:00Z', '2026-11-27T18:00:00.000Z'],
    ['2026-11-27T18:00+01:00', '2026-11-27T17:00:00.000Z'],
  ])('is said as %s', (text, expected) => {
    expect(new Date(parseUntil(text, noon)).toISOString()).toBe(expected);
  });

  it.each([
    ['soon', 'must be'],
    ['30', 'must be'],
    ['2026-11-27', 'must be'],
    ['2026-11-27T18:00:00', 'must be'],
    ['2026-13-40T18:00:00Z', 'must be'],
    ['0s', 'must lie ahead'],
    ['2026-11-27T12:00:00Z', 'must lie ahead'],
  ])('is not said as %s', (text, message) => {
    expect(() => parseUntil(text, noon)).toThrow(`--until: ${message}`);
  });
});
