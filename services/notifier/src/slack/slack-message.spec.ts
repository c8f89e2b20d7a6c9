import { describe, expect, it } from '@jest/globals';
import { alertOf } from '../channels/channel.builder.ts';
import { closed, halted, noticeOf } from '../notices/notice.builder.ts';
import { mostAlerts, plainMessageOf, slackMessageOf } from './slack-message.ts';

const listed = (lines: readonly string[]) => {
  const event = { type: 'Told', of: 'AlertsGrouped', subjectId: 'd', severity: 'info' } as const;
  const notice = { ...noticeOf(closed()), event: { ...event, headline: 'all', details: [], lines } };
  const { blocks = [] } = slackMessageOf([{ ...alertOf(closed()), notice }]);
  return blocks.flatMap((block) => (block.type === 'section' && 'text' in block ? [block.text.text] : []));
};

describe('a message of Slack', () => {
  it('shows an alert in blocks of plain text', () => {
    const { text, blocks = [] } = slackMessageOf([alertOf(closed())]);
    expect(text).toBe('[SHADOW] BTC-USDT long closed by stop -42.1 USDT');
    expect(blocks.map(({ type }) => type)).toEqual(['header', 'section', 'context']);
    expect(blocks[0]).toEqual({ type: 'header', text: { type: 'plain_text', text, emoji: false } });
    expect(JSON.stringify(blocks)).not.toContain('mrkdwn');
  });

  it('escapes what Slack reads as its own, and mentions nobody', () => {
    const told = slackMessageOf([alertOf(halted({ reason: '<!channel> & <@U1> @here' }))]);
    const written = JSON.stringify(told);
    expect(written).toContain('&lt;!channel&gt; &amp; &lt;@​U1&gt; @​here');
    expect(told).toMatchObject({ link_names: false, mrkdwn: false });
  });

  it('stays within the limits, however much is told', () => {
    const long = alertOf(halted({ actor: '&'.repeat(5_000), reason: '<'.repeat(50_000) }));
    for (const { text, blocks = [] } of [
      slackMessageOf(Array.from({ length: mostAlerts }, () => long)),
      plainMessageOf([long]),
    ]) {
      expect(blocks.length).toBeLessThanOrEqual(50);
      expect(text.length).toBeLessThanOrEqual(3_000);
      for (const block of blocks) {
        if (block.type === 'header') expect(block.text.text.length).toBeLessThanOrEqual(150);
        if (block.type === 'section' && 'fields' in block)
          expect(block.fields.every((field) => field.text.length <= 2_000)).toBe(true);
        expect(JSON.stringify(block)).not.toMatch(/&(?!(?:amp|lt|gt);)/);
      }
    }
  });

  it('lists what it has to list, cut where it is too much', () => {
    expect(listed(['one', 'two'])).toEqual(['one\ntwo']);
    expect(listed([])).toEqual([]);
    expect(listed(Array.from({ length: 50 }, () => '&'.repeat(200)))[0]?.length).toBeLessThanOrEqual(3_000);
  });
});
