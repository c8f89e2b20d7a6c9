import { describe, expect, it } from '@jest/globals';
import { closed, noticeOf } from '../notices/notice.builder.ts';
import { channelBroken } from './channel-broken.ts';

describe('a channel that is gone', () => {
  it('is told to operators, by tenant and channel, and nothing of what it was to tell', () => {
    expect(channelBroken(noticeOf(closed()), 'main', '404', 'ops')).toMatchObject({
      tenant: 'ops',
      uid: '',
      eventId: 'u1.main:0000000012:0:main',
      event: {
        of: 'ChannelDisabled',
        headline: 'Alerts of t1 no longer go to its channel main: it is disabled',
        details: [
          { name: 'Tenant', value: 't1' },
          { name: 'Channel', value: 'main' },
          { name: 'Answer', value: '404' },
          { name: 'Until', value: 'the channel is changed' },
        ],
      },
    });
  });
});
