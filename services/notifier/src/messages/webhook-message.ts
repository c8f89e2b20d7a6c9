/** Discord's limits of one message, in UTF-16 units: never less than what Discord counts. */
export const limits = {
  content: 2_000,
  embeds: 10,
  /** Titles, field names and values, and footers of all embeds together. */
  embedCharacters: 6_000,
  title: 256,
  description: 4_096,
  fieldName: 256,
  fieldValue: 1_024,
  footer: 2_048,
} as const;

/** Discord's SUPPRESS_NOTIFICATIONS. */
export const silent = 4_096 as const;

/** The body of Execute Webhook, as far as it is used. */
export interface WebhookMessage {
  readonly content: string;
  readonly embeds?: readonly Embed[];
  /** `silent`: nobody's device makes a sound. */
  readonly flags?: typeof silent;
  /** Nothing that the text holds pings anybody. */
  readonly allowed_mentions: { readonly parse: readonly [] };
}

export interface Embed {
  readonly title: string;
  readonly description?: string;
  readonly color: number;
  readonly fields: readonly EmbedField[];
  readonly footer: { readonly text: string };
  /** Of a file that comes with the message. */
  readonly image?: { readonly url: `attachment://${string}` };
  /** ISO 8601; Discord shows it in the reader's zone. */
  readonly timestamp: string;
}

export interface EmbedField {
  readonly name: string;
  readonly value: string;
  readonly inline: true;
}

/** What an embed adds to `limits.embedCharacters`. */
export function embedSize({ title, description = '', fields, footer }: Embed): number {
  return fields.reduce(
    (sum, { name, value }) => sum + name.length + value.length,
    title.length + description.length + footer.text.length,
  );
}
