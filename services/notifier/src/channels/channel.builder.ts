import { Timestamp } from '@google-cloud/firestore';
import type { Channel } from './channel.ts';

/** Valid data for specs. */
export function channelOf(id = 'discord', changes: Partial<Channel> = {}): Channel {
  return {
    tenant: 't1',
    id,
    settings: { kind: 'discordWebhook', webhookId: '1234', webhookToken: 'secret-token' },
    updatedAt: Timestamp.fromMillis(1),
    ...changes,
  };
}
