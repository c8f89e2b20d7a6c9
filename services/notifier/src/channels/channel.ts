import type { ChannelDocument, ChannelSettings } from '@bellwether/contracts';
import type { Timestamp } from '@google-cloud/firestore';
import * as z from 'zod';
import { DiscordBotFields } from '../discord-bot/discord-bot.ts';
import { DiscordWebhookFields } from '../discord-webhook/discord-webhook.ts';
import { EmailFields } from '../email/email.ts';
import { refusalOfHost, refusalOfUrl } from '../http/channel-url.ts';
import type { PrivateReach } from '../http/public-address.ts';
import { SlackFields } from '../slack/slack.ts';
import { TelegramFields } from '../telegram/telegram.ts';
import { WebhookFields } from '../webhook/webhook.ts';

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

/**
 * The stored document, `tenants/{t}/channels/{id}`. Its issues name field and reason, and never a value.
 *
 * @param allowed what of private addresses channels may go to.
 */
export function storedChannel(allowed: PrivateReach): z.ZodType<ChannelDocument> {
  const Url = refusing((url) => refusalOfUrl(url, allowed));
  const Host = refusing((host) => refusalOfHost(host, allowed));
  const Email = EmailFields.extend({ ...state, host: Host }).refine(
    ({ security }) => security !== 'none' || allowed === 'loopback',
    { path: ['security'], message: 'must be tls or startTls' },
  );
  return z.discriminatedUnion('kind', [
    DiscordWebhookFields.extend(state),
    DiscordBotFields.extend(state),
    WebhookFields.extend({ ...state, url: Url }),
    SlackFields.extend({ ...state, url: Url }),
    TelegramFields.extend(state),
    Email,
  ]);
}

function refusing(refusalOf: (text: string) => string | undefined) {
  return z.string().superRefine((text, context) => {
    const message = refusalOf(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}

/** A document without its state. */
export function settingsOf(document: ChannelDocument): ChannelSettings {
  const { status: _, disabledReason: __, ...settings } = document;
  return settings;
}
