import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { alertOf } from '../channels/channel.builder.ts';
import { closed, halted } from '../notices/notice.builder.ts';
import { fitting, htmlOf, plainTextOf } from './telegram-text.ts';

/** As Telegram counts: entities parsed. */
const shown = (html: string) =>
  html
    .replaceAll(/<\/?b>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

describe('a message of Telegram', () => {
  it('shows the headline bold and the rest below it', () => {
    expect(htmlOf([alertOf(closed())])).toMatch(
      /^<b>\[SHADOW\] BTC-USDT long closed by stop -42\.1 USDT<\/b>\nEntry: 178\.2\nExit: 94\n/,
    );
  });

  it('escapes what is markup', () => {
    const html = htmlOf([alertOf(halted({ reason: '<a href="x">&</a>' }))]);
    expect(html).toContain('Reason: &lt;a href="x"&gt;&amp;&lt;/a&gt;');
    expect(html.replaceAll(/<\/?b>/g, '')).not.toMatch(/[<>]/);
  });

  it('says the same with and without markup, within the limit, whatever is told', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.integer({ min: 1, max: 12 })), {
          minLength: 1,
          maxLength: 14,
        }),
        (reasons) => {
          const alerts = reasons.map(([text, times]) => alertOf(halted({ reason: text.repeat(times) })));
          const count = fitting(alerts);
          expect(count).toBeGreaterThan(0);
          expect(count).toBeLessThanOrEqual(10);
          const fit = alerts.slice(0, count);
          const html = htmlOf(fit);
          expect(shown(html)).toBe(plainTextOf(fit));
          expect(shown(html).length).toBeLessThanOrEqual(4_096);
          expect(html.isWellFormed()).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });
});
