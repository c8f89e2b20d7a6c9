import { describe, expect, it } from '@jest/globals';
import { closed, halted, noticeOf, stopTriggered } from '../notices/notice.builder.ts';
import { alertTextOf } from './alert-text.ts';

describe('an alert in words', () => {
  it('says what happened, how, and where it is found again', () => {
    const { headline, details, reference } = alertTextOf({
      notice: noticeOf(stopTriggered(), closed()),
      possibleRepeat: false,
    });
    expect(headline).toBe('[SHADOW] BTC-USDT long closed by stop -42.1 USDT');
    expect(details).toContainEqual(['P&L', '-42.1 USDT']);
    expect(reference).toBe(`event u1.main:0000000012:1 · journal 12 · trace ${'a'.repeat(32)}`);
  });

  it('says that it is late, and that it may be a repeat', () => {
    const notice = noticeOf(stopTriggered({ late: true, lagMs: 9_000 }), closed());
    expect(alertTextOf({ notice, possibleRepeat: true }).headline).toMatch(/ \(late, possible repeat\)$/);
  });

  it('holds no line breaks, no control characters and no mention, and is cut', () => {
    const reason = `@everyone\n\u202e<!channel>${'x'.repeat(3_000)}`;
    const { details } = alertTextOf({ notice: noticeOf(halted({ reason })), possibleRepeat: false });
    const [, value = ''] = details.find(([name]) => name === 'Reason') ?? [];
    expect(value.startsWith('@\u200beveryone <!channel>xxx')).toBe(true);
    expect(value).toHaveLength(1_024);
    expect(value.endsWith('…')).toBe(true);
  });

  it('lists what it has to list', () => {
    const words = {
      severity: 'info',
      headline: '2 alerts',
      details: [],
      lines: ['one\ntwo', 'x'.repeat(300)],
    } as const;
    const event = { type: 'Told', of: 'AlertsGrouped', subjectId: 'd', ...words } as const;
    const { lines } = alertTextOf({ notice: { ...noticeOf(closed()), event }, possibleRepeat: false });
    expect([lines[0], lines[1]?.length]).toEqual(['one two', 240]);
  });
});
