import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type SummaryTerms, lastDuePeriod, nextDueAt } from './summary-period.ts';

const berlin: SummaryTerms = { period: 'day', zone: 'Europe/Berlin', at: '08:00' };
const due = (terms: Partial<SummaryTerms>, now: string) => {
  const { first, last, from, before, dueAt } = lastDuePeriod({ ...berlin, ...terms }, Date.parse(now));
  const iso = [from, before, dueAt].map((at) => new Date(at).toISOString().slice(0, 16));
  return [first, last, ...iso];
};

describe('the period that a summary is of', () => {
  it.each([
    [
      'the day before, once it is time',
      {},
      '2026-11-27T07:00:00Z',
      ['2026-11-26', '2026-11-26', '2026-11-25T23:00', '2026-11-26T23:00', '2026-11-27T07:00'],
    ],
    [
      'the day before that, until then',
      {},
      '2026-11-27T06:59:59.999Z',
      ['2026-11-25', '2026-11-25', '2026-11-24T23:00', '2026-11-25T23:00', '2026-11-26T07:00'],
    ],
    [
      'a day of 25 hours where clocks are put back',
      {},
      '2026-10-26T12:00:00Z',
      ['2026-10-25', '2026-10-25', '2026-10-24T22:00', '2026-10-25T23:00', '2026-10-26T07:00'],
    ],
    [
      'a day whose time to be told is skipped by its clocks',
      { at: '02:30' },
      '2026-03-29T12:00:00Z',
      ['2026-03-28', '2026-03-28', '2026-03-27T23:00', '2026-03-28T23:00', '2026-03-29T01:30'],
    ],
    [
      'the week before, from its Monday on',
      { period: 'week', zone: 'America/New_York' },
      '2026-11-27T00:00:00Z',
      ['2026-11-16', '2026-11-22', '2026-11-16T05:00', '2026-11-23T05:00', '2026-11-23T13:00'],
    ],
    [
      'the week before that, on a Monday before its time',
      { period: 'week', zone: 'UTC' },
      '2026-11-23T07:59:00Z',
      ['2026-11-09', '2026-11-15', '2026-11-09T00:00', '2026-11-16T00:00', '2026-11-16T08:00'],
    ],
  ] as const)('is %s', (_, terms, now, expected) => {
    expect(due(terms, now)).toEqual(expected);
  });

  it('is due at or before now, follows the one before without a gap, and changes when the next is due', () => {
    const zones = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'UTC',
    );
    const terms = fc.record({
      period: fc.constantFrom('day' as const, 'week' as const),
      zone: zones,
      at: fc
        .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
        .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`),
    });
    const times = fc.integer({ min: Date.parse('2024-01-01'), max: Date.parse('2030-01-01') });
    fc.assert(
      fc.property(terms, times, (some, now) => {
        const period = lastDuePeriod(some, now);
        expect(period.dueAt).toBeLessThanOrEqual(now);
        expect(period.before).toBeGreaterThan(period.from);
        expect(lastDuePeriod(some, period.dueAt)).toEqual(period);
        const earlier = lastDuePeriod(some, period.dueAt - 1);
        expect(earlier.before).toBe(period.from);
        const next = nextDueAt(some, now);
        expect(next).toBeGreaterThan(now);
        expect(lastDuePeriod(some, next - 1)).toEqual(period);
        expect(lastDuePeriod(some, next)).toMatchObject({ from: period.before, dueAt: next });
      }),
    );
  });
});
