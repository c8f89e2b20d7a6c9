import { describe, expect, it } from '@jest/globals';
import { parseInterval, parseSelection } from './parse-selection.ts';

const asked = { symbol: 'SPY', venue: 'ARCX', kind: 'trade', from: '2026-11-26', to: '2026-11-27' } as const;

describe('parseSelection', () => {
  it.each([
    ['2026-11-26', Date.UTC(2026, 10, 26)],
    ['2026-11-26T18:00Z', Date.UTC(2026, 10, 26, 18)],
    ['2026-11-26T18:00:01.5+02:00', Date.UTC(2026, 10, 26, 16, 0, 1, 500)],
    ['1381239000012', 1_381_239_000_012],
  ])('reads %s', (from, at) => {
    expect(parseSelection({ ...asked, from }).span.from.getTime()).toBe(at);
  });

  it.each(['yesterday', '2026-11-26T18:00', '2026-02-40', '12', ''])('refuses "%s"', (from) => {
    expect(() => parseSelection({ ...asked, from })).toThrow(/^--from: must be a day .*, not "/);
  });

  it('refuses an end that is not after the start', () => {
    const message = '--to: must be after --from, and "2026-11-26" is not after "2026-11-26"';
    expect(() => parseSelection({ ...asked, to: asked.from })).toThrow(message);
  });
});

describe('parseInterval', () => {
  it('knows the intervals, and names them where it refuses', () => {
    expect(parseInterval('15m')).toBe('15m');
    expect(() => parseInterval('7m')).toThrow(/^--interval: must be one of 1s, .*, 1d, not "7m"$/);
    expect(() => parseInterval('toString')).toThrow(/^--interval/);
  });
});
