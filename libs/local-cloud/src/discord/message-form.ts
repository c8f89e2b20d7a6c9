import {
  codePoints,
  filledText,
  flag,
  FormErrors,
  integer,
  list,
  mediaUrl,
  object,
  text,
  time,
  url,
} from './form.ts';
import type { Reader } from './form.ts';

/** Discord's documented limits of one message; lengths in code points, after trimming. */
export const messageLimits = {
  content: 2000,
  embeds: 10,
  /** Titles, descriptions, field names and values, footers and authors of all embeds together. */
  embedCharacters: 6000,
  title: 256,
  description: 4096,
  fields: 25,
  fieldName: 256,
  fieldValue: 1024,
  footer: 2048,
  author: 256,
  username: 80,
  nonce: 25,
  threadName: 100,
  appliedTags: 5,
  attachments: 10,
} as const;

const media = object({ url: mediaUrl }, ['url']);

/** A snowflake or the number of a file. */
const reference: Reader<string> = (value, errors) =>
  typeof value === 'number'
    ? String(integer(Number.MAX_SAFE_INTEGER)(value, errors) ?? '')
    : text(20)(value, errors);

/** Taken or refused as a whole, so of any shape. */
const anything: Reader<unknown> = (value) => value;

const readEmbed = object({
  title: text(messageLimits.title),
  description: text(messageLimits.description),
  url,
  timestamp: time,
  color: integer(0xffffff),
  footer: object({ text: filledText(messageLimits.footer), icon_url: mediaUrl }, ['text']),
  image: media,
  thumbnail: media,
  author: object({ name: filledText(messageLimits.author), url, icon_url: mediaUrl }, ['name']),
  fields: list(
    messageLimits.fields,
    object(
      {
        name: filledText(messageLimits.fieldName),
        value: filledText(messageLimits.fieldValue),
        inline: flag,
      },
      ['name', 'value'],
    ),
  ),
});

const readMessage = object({
  content: text(messageLimits.content),
  embeds: list(messageLimits.embeds, readEmbed),
  username: filledText(messageLimits.username),
  thread_name: filledText(messageLimits.threadName),
  applied_tags: list(messageLimits.appliedTags, text(20)),
  attachments: list(
    messageLimits.attachments,
    object({ id: reference, filename: text(1024), description: text(1024) }, ['id']),
  ),
  components: list(40, anything),
  tts: flag,
  nonce: text(messageLimits.nonce),
  enforce_nonce: flag,
  flags: integer(Number.MAX_SAFE_INTEGER),
  allowed_mentions: object({
    parse: list(3, text(20)),
    roles: list(100, text(20)),
  }),
});

export type Embed = NonNullable<ReturnType<typeof readEmbed>>;

/** The body of Execute Webhook and Edit Webhook Message. An edit keeps what is undefined and clears what is empty. */
export interface MessageForm extends Omit<NonNullable<ReturnType<typeof readMessage>>, 'content' | 'embeds'> {
  readonly content: string | undefined;
  readonly embeds: Embed[] | undefined;
}

/** Checks `body` against `messageLimits`; `errors` is empty when `form` may be used. */
export function readMessageForm(body: unknown): { form: MessageForm; errors: FormErrors } {
  const errors = new FormErrors();
  const found = readMessage(body, errors) ?? {};
  if (embedCharacters(found.embeds ?? []) > messageLimits.embedCharacters) {
    const message = `Embed size exceeds maximum size of ${messageLimits.embedCharacters}`;
    errors.at('embeds').add('MAX_EMBED_SIZE_EXCEEDED', message);
  }
  const isGiven = (key: string) => typeof body === 'object' && body !== null && key in body;
  const form = {
    ...found,
    content: found.content ?? (isGiven('content') ? '' : undefined),
    embeds: found.embeds ?? (isGiven('embeds') ? [] : undefined),
  };
  return { form, errors };
}

/** Discord shows nothing for it: no content, and no embed with something to see. */
export function isEmptyMessage(content: string, embeds: readonly Embed[]): boolean {
  return content === '' && !embeds.some(isVisible);
}

function isVisible({ title, description, fields, footer, author, image, thumbnail }: Embed): boolean {
  const hasText = [title, description].some((part) => part !== undefined && part !== '');
  return hasText || (fields?.length ?? 0) > 0 || [footer, author, image, thumbnail].some(Boolean);
}

function embedCharacters(embeds: readonly Embed[]): number {
  return embeds
    .flatMap(({ title, description, fields, footer, author }) => [
      title,
      description,
      footer?.text,
      author?.name,
      ...(fields ?? []).flatMap(({ name, value }) => [name, value]),
    ])
    .reduce((sum, part) => sum + codePoints(part ?? ''), 0);
}
