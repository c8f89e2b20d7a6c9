import { Timestamp } from '@google-cloud/firestore';
import type { AccountEvent } from '@bellwether/domain';
import type { Delivery } from '../deliveries/delivery.ts';
import { noticeOf } from '../notices/notice.builder.ts';
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

/** On its way for the first time. */
export function alertOf(event: AccountEvent): Delivery {
  return { channelId: 'discord', notice: noticeOf(event), attempts: 0, possibleRepeat: false };
}
