import { describe, expect, it } from '@jest/globals';
import { checkRule } from './check-rule.ts';

const quietHours = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' };

describe('a rule', () => {
  it('is what names conditions and what becomes of alerts', () => {
    const rule = {
      order: 1,
      eventTypes: ['PositionClosed', 'AlertsGrouped'],
      severities: ['warning'],
      delivery: 'silent',
      quietHours,
      grouping: { seconds: 30, after: 5 },
      updates: 'edit',
    };
    expect(checkRule(rule)).toEqual({ kind: 'valid', rule });
  });

  it.each([
    ['no order', { delivery: 'on' }, /^order: is missing$/],
    ['another delivery', { order: 1, delivery: 'loud' }, /^delivery: .*"on"\|"silent"\|"off"/],
    ['a field it has not', { order: 1, delivery: 'on', symbol: 'SPY' }, /"symbol"/],
    [
      'an event that is none of alerts',
      { order: 1, delivery: 'off', eventTypes: ['PositionClosed', 'PositionShut'] },
      /^eventTypes\[1\]: "PositionShut" is no event of alerts; there are PositionOpened, /,
    ],
    [
      'a time that is none',
      { order: 1, delivery: 'on', quietHours: { ...quietHours, to: '7:00' } },
      /^quietHours\.to: must be a time of day like 07:00/,
    ],
    [
      'a zone that is none',
      { order: 1, delivery: 'on', quietHours: { ...quietHours, zone: 'Berlin' } },
      /^quietHours\.zone: must be a time zone like Europe\/Berlin/,
    ],
  ])('is refused for %s, by field and reason', (_, document, problems) => {
    expect(checkRule(document)).toEqual({ kind: 'invalid', problems: expect.stringMatching(problems) });
  });
});
