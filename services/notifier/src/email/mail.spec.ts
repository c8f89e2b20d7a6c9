import { describe, expect, it } from '@jest/globals';
import { alertOf, pictured } from '../channels/channel.builder.ts';
import { closed, halted } from '../notices/notice.builder.ts';
import { mailOf } from './mail.ts';

const mailboxes = { from: 'alerts@example.com', to: ['ann@example.com'] };

describe('the mail of an alert', () => {
  it('says what happened in its subject, as text and as HTML', () => {
    const mail = mailOf(alertOf(closed()), mailboxes);
    expect(mail.subject).toBe('[SHADOW] BTC-USDT long closed by stop -42.1 USDT');
    expect(mail.text).toContain('\nEntry: 178.2\nExit: 94\n');
    expect(mail.html).toContain('<tr><th align="left">Entry</th><td>178.2</td></tr>');
    expect(mail.headers).toMatchObject({
      'Auto-Submitted': 'auto-generated',
      'X-Bellwether-Event': 'u1.main%3A0000000012%3A0',
    });
  });

  it('has the same id each time, and another for each event and channel', () => {
    const alert = alertOf(closed());
    const { messageId } = mailOf(alert, mailboxes);
    expect(messageId).toMatch(/^<[\da-f]{40}@example\.com>$/);
    expect(mailOf({ ...alert, possibleRepeat: true, attempts: 3 }, mailboxes).messageId).toBe(messageId);
    const other = { ...alert, notice: { ...alert.notice, eventId: 'another' } };
    expect(mailOf(other, mailboxes).messageId).not.toBe(messageId);
    expect(mailOf({ ...alert, channelId: 'mail2' }, mailboxes).messageId).not.toBe(messageId);
  });

  it('lets no text from outside become a header, a line or markup', () => {
    const reason = 'a\r\nBcc: eve@example.com\r\n\r\n<img src="x">';
    const mail = mailOf(alertOf(halted({ actor: 'x\r\nTo: y', reason })), mailboxes);
    expect(mail.subject).not.toMatch(/[\r\n]/);
    expect(mail.html).not.toContain('<img');
    expect(mail.text).not.toMatch(/^Bcc:/m);
  });

  it('shows a picture in its HTML', () => {
    const { html, charts } = mailOf(pictured(), mailboxes);
    expect(html).toContain('<img src="cid:chart-0.png" alt="">');
    expect(charts.map(({ name, png }) => [name, png.subarray(1, 4).toString()])).toEqual([
      ['chart-0.png', 'PNG'],
    ]);
    expect(mailOf(alertOf(closed()), mailboxes).charts).toEqual([]);
  });
});
