import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AlertFacts, AlertRule } from './alert-rule.ts';
import { judgeAlert } from './judge-alert.ts';
import { type QuietHours, quietUntil } from './quiet-hours.ts';

const facts: AlertFacts = {
  uid: 'u1',
  eventType: 'PositionClosed',
  severity: 'warning',
  symbol: 'BTC-USDT',
  mode: 'shadow',
  exitReason: 'stopLoss',
  channelId: 'phone',
};
const rule = (changes: Partial<AlertRule>): AlertRule => ({ id: 'r', order: 1, delivery: 'off', ...changes });
const suppressed = { kind: 'suppress', rule: 'r' };
const sent = { kind: 'send', isSilent: false };
const night: QuietHours = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' };
const midnight = Date.parse('2026-11-27T23:00:00Z');

const names = (all: readonly string[]) =>
  fc.option(fc.subarray([...all], { minLength: 1 }), { nil: undefined });

describe('the rules of alerts', () => {
  it.each<[string, Partial<AlertRule>, object]>([
    ['no condition', {}, suppressed],
    ['its user', { uid: 'u1' }, suppressed],
    ['another user', { uid: 'u2' }, sent],
    ['its event', { eventTypes: ['TriggerFired', 'PositionClosed'] }, suppressed],
    ['another event', { eventTypes: ['TriggerFired'] }, sent],
    ['its severity', { severities: ['warning'] }, suppressed],
    ['another severity', { severities: ['critical'] }, sent],
    ['another symbol', { symbols: ['ETH-USDT'] }, sent],
    ['a strategy, which it has not', { strategies: ['dip'] }, sent],
    ['another mode', { modes: ['live'] }, sent],
    ['its exit', { exitReasons: ['trailingStop', 'stopLoss'] }, suppressed],
    ['another exit', { exitReasons: ['takeProfit'] }, sent],
    ['its channel', { channels: ['phone'] }, suppressed],
    ['another channel', { channels: ['desk', 'pager'] }, sent],
    ['two conditions, of which one holds', { symbols: ['BTC-USDT'], modes: ['live'] }, sent],
    ['two conditions that hold', { symbols: ['BTC-USDT'], modes: ['shadow'] }, suppressed],
    ['silence', { delivery: 'silent' }, { kind: 'send', isSilent: true }],
    ['an edit alone', { delivery: 'on', updates: 'edit' }, { ...sent, updates: 'edit' }],
    [
      'a digest of its own',
      { delivery: 'on', grouping: { seconds: 30, after: 0 } },
      { ...sent, grouping: { key: 'r', windowMs: 30_000, after: 0 } },
    ],
  ])('hold for %s', (_, changes, verdict) => {
    expect(judgeAlert([rule(changes)], facts, midnight)).toEqual(verdict);
  });

  it('let what is not critical wait for the end of the quiet hours of the zone', () => {
    const rules = [rule({ delivery: 'silent', quietHours: night })];
    const until = Date.parse('2026-11-28T06:00:00Z');
    const grouped = [rule({ delivery: 'on', quietHours: night, grouping: { seconds: 0, after: 0 } })];
    expect(judgeAlert(grouped, facts, midnight)).toEqual({
      kind: 'wait',
      until,
      isSilent: false,
      grouping: { key: 'r', windowMs: 0, after: 0 },
    });
    expect(judgeAlert(rules, facts, midnight)).toEqual({ kind: 'wait', until, isSilent: true });
    expect(judgeAlert(rules, facts, until)).toEqual({ kind: 'send', isSilent: true });
    const critical = { ...facts, severity: 'critical' } as const;
    expect(judgeAlert(rules, critical, midnight)).toEqual({ kind: 'send', isSilent: true });
  });

  it('decide by the first of those that match, in whatever order they are given', () => {
    const rules = fc.uniqueArray(
      fc.record({
        id: fc.string({ minLength: 1, maxLength: 3 }),
        order: fc.integer({ min: 0, max: 3 }),
        symbols: names(['BTC-USDT', 'ETH-USDT']),
        eventTypes: names(['PositionClosed', 'TriggerFired']),
        delivery: fc.constantFrom('on', 'silent', 'off'),
      }),
      { selector: ({ id }) => id, maxLength: 8 },
    );
    fc.assert(
      fc.property(rules, fc.constantFrom('BTC-USDT', 'ETH-USDT'), (given, symbol) => {
        const all = given.map(({ symbols, eventTypes, ...others }) => ({
          ...others,
          ...(symbols === undefined ? {} : { symbols }),
          ...(eventTypes === undefined ? {} : { eventTypes }),
        }));
        let first: AlertRule | undefined;
        for (const each of all) {
          if (each.symbols !== undefined && !each.symbols.includes(symbol)) continue;
          if (each.eventTypes !== undefined && !each.eventTypes.includes('PositionClosed')) continue;
          const isBefore =
            first === undefined ||
            each.order < first.order ||
            (each.order === first.order && each.id < first.id);
          if (isBefore) first = each;
        }
        const verdict = judgeAlert(all, { ...facts, symbol }, midnight);
        if (first?.delivery === 'off') expect(verdict).toEqual({ kind: 'suppress', rule: first.id });
        else expect(verdict).toEqual({ kind: 'send', isSilent: first?.delivery === 'silent' });
        expect(judgeAlert(all.toReversed(), { ...facts, symbol }, midnight)).toEqual(verdict);
      }),
    );
  });
});

describe('quiet hours', () => {
  it.each([
    ['before they begin', '2026-11-27T20:59:59Z', night, undefined],
    ['when they begin', '2026-11-27T21:00:00Z', night, '2026-11-28T06:00:00Z'],
    ['in the night when clocks go forward', '2026-03-28T23:30:20Z', night, '2026-03-29T05:00:00Z'],
    ['in the night when clocks go back', '2026-10-24T23:30:20Z', night, '2026-10-25T06:00:00Z'],
    ['at noon', '2026-11-27T12:30:00Z', { from: '12:00', to: '13:00', zone: 'UTC' }, '2026-11-27T13:00:00Z'],
    ['that are none', '2026-11-27T12:00:00Z', { from: '12:00', to: '12:00', zone: 'UTC' }, undefined],
  ])('end as the zone has it, %s', (_, now, hours, until) => {
    expect(quietUntil(hours, Date.parse(now))).toBe(until === undefined ? undefined : Date.parse(until));
  });

  it('end at the first minute that is not quiet', () => {
    const time = fc
      .integer({ min: 0, max: 1_439 })
      .map(
        (minute) =>
          `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`,
      );
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
    );
    const now = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-01-01') });
    fc.assert(
      fc.property(fc.record({ from: time, to: time, zone }), now, (hours, at) => {
        const clock = new Intl.DateTimeFormat('en-GB', {
          timeZone: hours.zone,
          hour: '2-digit',
          minute: '2-digit',
          hourCycle: 'h23',
        });
        const isQuiet = (moment: number): boolean => {
          const shown = clock.format(moment);
          if (hours.from <= hours.to) return shown >= hours.from && shown < hours.to;
          return shown >= hours.from || shown < hours.to;
        };
        let expected: number | undefined;
        if (isQuiet(at)) {
          expected = Math.floor(at / 60_000) * 60_000;
          while (isQuiet(expected)) expected += 60_000;
        }
        expect(quietUntil(hours, at)).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });
});
