import { createLogger } from '@bellwether/observability';
import { describe, expect, it, jest } from '@jest/globals';
import { closed, noticeOf } from '../notices/notice.builder.ts';
import { eventTypeOf } from '../notices/notice.ts';
import { channelOf } from './channel.builder.ts';
import { DisableChannel } from './disable-channel.ts';

const alert = { channelId: 'gone', notice: noticeOf(closed()), attempts: 1, possibleRepeat: false };

function given({ others = [] as readonly string[], claimed = [] as readonly string[] } = {}) {
  const did: string[] = [];
  const logger = createLogger({ service: 'notifier', level: 'silent' });
  const error = jest.spyOn(logger, 'error');
  const disabling = new DisableChannel({
    channelsOf: async () => Promise.resolve(['gone', ...others].map((id) => channelOf(id))),
    claim: async (notice, channelId) => {
      did.push(`claim ${notice.eventId} on ${channelId}`);
      const isOver = claimed.includes(channelId);
      return Promise.resolve(isOver ? undefined : { channelId, notice, attempts: 0, possibleRepeat: false });
    },
    disable: async ({ id }) => {
      did.push(`disable ${id}`);
      return Promise.resolve();
    },
    send: async ({ id }, { notice }) => {
      did.push(`tell ${id} of ${eventTypeOf(notice)}`);
      return Promise.reject(new Error('closing'));
    },
    logger,
  });
  return { disabling, did, error };
}

describe('a channel that is gone', () => {
  it('is disabled, and its tenant is told on every other channel', async () => {
    const { disabling, did, error } = given({ others: ['ops', 'told'], claimed: ['told'] });
    await disabling.handle(channelOf('gone'), '404 Unknown Webhook (10015)', alert);
    expect(did).toEqual([
      'claim u1.main:0000000012:0:gone on ops',
      'claim u1.main:0000000012:0:gone on told',
      'disable gone',
      'tell ops of ChannelDisabled',
    ]);
    expect(error).toHaveBeenCalledWith(
      { tenant: 't1', channel: 'gone', reason: '404 Unknown Webhook (10015)', told: ['ops', 'told'] },
      'a channel is disabled',
    );
    await new Promise(setImmediate);
    expect(JSON.stringify(error.mock.calls)).not.toContain('secret-token');
  });

  it('is disabled where there is nobody else to tell', async () => {
    const { disabling, did } = given();
    await disabling.handle(channelOf('gone'), '401', alert);
    expect(did).toEqual(['disable gone']);
  });
});
