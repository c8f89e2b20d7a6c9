import type { ChannelDocument, ChannelSettings } from '@bellwether/contracts';
import type { Timestamp } from '@google-cloud/firestore';
import * as z from 'zod';
import { DiscordBotFields } from '../discord-bot/discord-bot.ts';
import { DiscordWebhookFields } from '../discord-webhook/discord-webhook.ts';

/** One of a tenant's active channels. */
export interface Channel {
  readonly tenant: string;
  readonly id: string;
  /** Where and how it is told. Holds secrets: never logged, never part of an error. */
  readonly settings: ChannelSettings;
  /** Which state of its document this is. */
  readonly updatedAt: Timestamp;
}

const state = {
  status: z.enum(['active', 'disabled']),
  disabledReason: z.string().exactOptional(),
};

/** The stored document, `tenants/{t}/channels/{id}`. */
export const StoredChannel: z.ZodType<ChannelDocument> = z.discriminatedUnion('kind', [
  DiscordWebhookFields.extend(state),
  DiscordBotFields.extend(state),
]);

/** A document without its state. */
export function settingsOf(document: ChannelDocument): ChannelSettings {
  const { status: _, disabledReason: __, ...settings } = document;
  return settings;
}
