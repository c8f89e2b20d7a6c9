import { describe, expect, it } from '@jest/globals';
import { channelOf } from '../channels/channel.builder.ts';
import { renderMessage } from '../messages/render-message.ts';
import type { Notice } from '../notices/notice.ts';
import { NotifyDeadLetter } from './notify-dead-letter.ts';

async function told(attributes: Record<string, string>): Promise<Notice[]> {
  const notices: Notice[] = [];
  const notify = new NotifyDeadLetter({
    channelsOf: async (tenant) => Promise.resolve([channelOf('pager', { tenant })]),
    deliver: async (notice) => {
      notices.push(notice);
      return Promise.resolve();
    },
    operators: 'ops',
  });
  const publishedAt = 1_795_252_613_123.75;
  await notify.handle({ id: '77', data: Buffer.from('{'), attributes, publishedAt, deliveryAttempt: 0 });
  return notices;
}

describe('a dead letter', () => {
  it('is told to operators, by what its attributes say', async () => {
    const [notice] = await told({
      CloudPubSubDeadLetterSourceSubscription: 'ledger.events',
      CloudPubSubDeadLetterSourceDeliveryCount: '10',
      'ce-id': 'u1.main:0000000012',
      'ce-traceparent': `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      tenant: 't1',
      account: 'u1.main',
      events: 'PositionClosed',
    });
    if (notice === undefined) throw new Error('nobody was told');
    expect(notice).toMatchObject({ tenant: 'ops', eventId: 'dead:ledger.events:77', uid: '' });
    const { content, embeds } = renderMessage([{ notice, possibleRepeat: false }]);
    expect(content).toBe('A message of ledger.events cannot be processed: u1.main:0000000012');
    expect(embeds?.[0]?.fields.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Subscription: ledger.events',
      'Message: u1.main:0000000012',
      'Tenant: t1',
      'Account: u1.main',
      'Events: PositionClosed',
      'Attempts: 10',
      'Published: 2026-11-21 09:16:53.123 UTC',
    ]);
    expect(embeds?.[0]?.footer.text).toBe(`event dead:ledger.events:77 · trace ${'a'.repeat(32)}`);
  });

  it('is told by its number where it says nothing of itself', async () => {
    const [notice] = await told({});
    expect(notice?.event).toMatchObject({ headline: 'A message of a subscription cannot be processed: 77' });
  });
});
