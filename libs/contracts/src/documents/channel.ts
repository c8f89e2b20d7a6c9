/** `tenants/{t}/channels/{id}`: where a tenant's alerts go. */
export type ChannelDocument = ChannelSettings & {
  readonly status: 'active' | 'disabled';
  readonly disabledReason?: string;
};

/** The same as it is stored: what holds secrets is sealed. Those of before lie there in clear, as a `ChannelDocument`. */
export interface SealedChannelDocument {
  readonly kind: ChannelSettings['kind'];
  readonly status: ChannelDocument['status'];
  readonly disabledReason?: string;
  /** Where it goes, without anything secret: for lists. */
  readonly place: string;
  /** `{version}.{key id}.{base64url}`: its other settings, by AES-256-GCM. */
  readonly sealed: string;
}

/** By the kind of channel. */
export type ChannelSettings =
  | DiscordWebhookSettings
  | DiscordBotSettings
  | WebhookSettings
  | SlackSettings
  | TelegramSettings
  | EmailSettings;

/** The webhook's id and token, never a URL. */
export interface DiscordWebhookSettings {
  readonly kind: 'discordWebhook';
  readonly webhookId: string;
  readonly webhookToken: string;
}

/** A channel of Discord that a bot writes to. */
export interface DiscordBotSettings {
  readonly kind: 'discordBot';
  readonly channelId: string;
  readonly botToken: string;
}

/** A webhook that is signed by the rules of Standard Webhooks. */
export interface WebhookSettings {
  readonly kind: 'webhook';
  /** https, of a public host. */
  readonly url: string;
  /** `whsec_...`; each signs, so that one can take the place of another. */
  readonly secrets: readonly string[];
}

/** An incoming webhook of Slack. */
export interface SlackSettings {
  readonly kind: 'slack';
  readonly url: string;
}

export interface TelegramSettings {
  readonly kind: 'telegram';
  readonly botToken: string;
  readonly chatId: string;
}

export interface EmailSettings {
  readonly kind: 'email';
  readonly host: string;
  readonly port: number;
  /** From the first byte on, or by STARTTLS, without which nothing is sent; `none` on this machine alone. */
  readonly security: 'tls' | 'startTls' | 'none';
  readonly username?: string;
  readonly password?: string;
  readonly from: string;
  readonly to: readonly string[];
}
