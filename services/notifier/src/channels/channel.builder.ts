import { Timestamp } from '@google-cloud/firestore';
import type { AccountEvent } from '@bellwether/domain';
import type { Delivery } from '../deliveries/delivery.ts';
import { closed, noticeOf } from '../notices/notice.builder.ts';
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

/** A summary with a picture. */
export function pictured(): Delivery {
  const alert = alertOf(closed());
  const chart = { title: 'P&L', points: [0, 5, -3], from: 'Mon', to: 'Sun' };
  const words = { severity: 'info', headline: 'Your week', details: [], chart } as const;
  const event = { type: 'Told', of: 'WeekSummarized', subjectId: 'week', ...words } as const;
  return { ...alert, notice: { ...alert.notice, event } };
}
