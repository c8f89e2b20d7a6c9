import { Id } from '@bellwether/contracts';
import * as z from 'zod';
import type { PrivateReach } from './http/public-address.ts';
import { type ChannelKeys, readChannelKeys } from './secrets/channel-keys.ts';

const base = (address: string) =>
  z
    .url({ protocol: /^https?$/ })
    .default(address)
    .transform((given) => given.replace(/\/+$/, ''));

const Environment = z.object({
  DISCORD_API_BASE: base('https://discord.com/api/v10'),
  TELEGRAM_API_BASE: base('https://api.telegram.org'),
  ALLOW_PRIVATE_CHANNELS: z.enum(['none', 'loopback']).default('none'),
  DISCORD_TIMEOUT_MS: z.coerce.number().int().min(1).max(60_000).default(10_000),
  DISCORD_RETRY_MS: z.coerce.number().int().min(1).max(60_000).default(500),
  ALERT_GROUP_MS: z.coerce.number().int().min(0).max(60_000).default(2_000),
  ALERT_GROUP_AFTER: z.coerce.number().int().min(0).max(100).default(10),
  OPERATORS_TENANT: Id.default('operators'),
  ALARMS_EVERY_MS: z.coerce.number().int().min(100).max(3_600_000).default(15_000),
  SUMMARIES_EVERY_MS: z.coerce.number().int().min(100).max(3_600_000).default(30_000),
  FEED_SILENT_MS: z.coerce.number().int().min(1_000).max(86_400_000).default(120_000),
});

export interface NotifierConfig {
  /** Without a slash at its end. */
  readonly discordApiBase: string;
  readonly telegramApiBase: string;
  /** What of private addresses the channels of tenants may go to. */
  readonly privateChannels: PrivateReach;
  /** What opens the documents of channels; none where no key is given. */
  readonly channelKeys: ChannelKeys;
  /** How long one request may take. */
  readonly timeoutMs: number;
  /** The pause after a first failure; it doubles with each further one, up to 30 s. */
  readonly retryMs: number;
  /** How long alerts of a channel are gathered for a digest once more than `groupAfter` have come within that time. */
  readonly groupMs: number;
  readonly groupAfter: number;
  /** The tenant whose channels are those of the operators. */
  readonly operators: string;
  /** How often it is looked for what operators are to know. */
  readonly alarmsEveryMs: number;
  /** How often it is looked for summaries that are due. */
  readonly summariesEveryMs: number;
  /** After how long a shard without a frame has no feed. */
  readonly feedSilentMs: number;
}

/** @throws Error that names each variable and what is wrong with it. */
export function readConfig(environment: NodeJS.ProcessEnv): NotifierConfig {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) throw new Error(`bad environment of notifier\n${z.prettifyError(parsed.error)}`);
  const { data } = parsed;
  return {
    discordApiBase: data.DISCORD_API_BASE,
    telegramApiBase: data.TELEGRAM_API_BASE,
    privateChannels: data.ALLOW_PRIVATE_CHANNELS,
    channelKeys: readChannelKeys(environment),
    timeoutMs: data.DISCORD_TIMEOUT_MS,
    retryMs: data.DISCORD_RETRY_MS,
    groupMs: data.ALERT_GROUP_MS,
    groupAfter: data.ALERT_GROUP_AFTER,
    operators: data.OPERATORS_TENANT,
    alarmsEveryMs: data.ALARMS_EVERY_MS,
    summariesEveryMs: data.SUMMARIES_EVERY_MS,
    feedSilentMs: data.FEED_SILENT_MS,
  };
}
