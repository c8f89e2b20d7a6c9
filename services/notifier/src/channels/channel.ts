import type { Timestamp } from '@google-cloud/firestore';
import * as z from 'zod';

/** A tenant's active Discord webhook. */
export interface Channel {
  readonly tenant: string;
  readonly id: string;
  readonly webhookId: string;
  /** A secret: never logged, never part of an error. */
  readonly webhookToken: string;
  /** Which state of its document this is. */
  readonly updatedAt: Timestamp;
}

/** The stored document, as strict as what becomes part of a URL has to be. */
export const StoredChannel = z.object({
  kind: z.literal('discordWebhook'),
  webhookId: z.string().regex(/^\d{1,20}$/),
  webhookToken: z.string().regex(/^[\w-]{1,128}$/),
  status: z.enum(['active', 'disabled']),
});
