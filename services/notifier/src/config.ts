import * as z from 'zod';

const Environment = z.object({
  DISCORD_API_BASE: z
    .url({ protocol: /^https?$/ })
    .default('https://discord.com/api/v10')
    .transform((base) => base.replace(/\/+$/, '')),
  DISCORD_TIMEOUT_MS: z.coerce.number().int().min(1).max(60_000).default(10_000),
  DISCORD_RETRY_MS: z.coerce.number().int().min(1).max(60_000).default(500),
});

export interface NotifierConfig {
  /** Without a slash at its end. */
  readonly discordApiBase: string;
  /** How long one request may take. */
  readonly timeoutMs: number;
  /** The pause after a first failure; it doubles with each further one, up to 30 s. */
  readonly retryMs: number;
}

/** @throws Error that names each variable and what is wrong with it. */
export function readConfig(environment: NodeJS.ProcessEnv): NotifierConfig {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) throw new Error(`bad environment of notifier\n${z.prettifyError(parsed.error)}`);
  const { DISCORD_API_BASE, DISCORD_TIMEOUT_MS, DISCORD_RETRY_MS } = parsed.data;
  return { discordApiBase: DISCORD_API_BASE, timeoutMs: DISCORD_TIMEOUT_MS, retryMs: DISCORD_RETRY_MS };
}
