import { describe, expect, it } from '@jest/globals';
import { parseSpan, parseTime } from './parse-time.ts';

describe('a time on a command line', () => {
  it.each([
    ['2026-11-28', '2026-11-28T00:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['2026-11-28T12:30+02:00', '2026-11-28T10:30:00.000Z'],
    ['2026-11-28T12:30:15.25Z', '2026-11-28T12:30:15.250Z'],
    ['1700000000000', '2023-11-14T22:13:20.000Z'],
  ])('may be %s', (text, time) => {
    expect(new Date(parseTime('--from', text)).toISOString()).toBe(time);
  });

  it.each(['2026-02-30', '2026-02-29T10:00Z', '2026-13-01', '2026-11-28T12:30', '28.11.2026', '', 'now'])(
    'is not %j',
    (text) => expect(() => parseTime('--from', text)).toThrow(/^--from: must be a day/),
  );

  it('begins a span that ends later', () => {
    expect(parseSpan('2026-11-28', '2026-11-29').to.toISOString()).toBe('2026-11-29T00:00:00.000Z');
    expect(() => parseSpan('2026-11-28', '2026-11-28')).toThrow(
      '--to: must be after --from, and "2026-11-28" is not after "2026-11-28"',
    );
  });
});
