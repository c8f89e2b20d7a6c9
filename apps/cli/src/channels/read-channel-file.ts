import { randomBytes } from 'node:crypto';
import { InputError } from '../input-error.ts';
import { readJsonObject } from '../read-json.ts';

export interface ChannelInput {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Made here, where a webhook came without one: to be shown once. */
  readonly newSecret?: string;
}

/** A Discord webhook as its URL, which is what Discord shows. Exact hosts alone: the rest of it becomes a request's path. */
const discordUrl =
  /^https:\/\/(?:ptb\.|canary\.)?discord(?:app)?\.com\/api(?:\/v\d{1,2})?\/webhooks\/(\d{1,20})\/([\w-]{1,128})$/;

/**
 * The JSON object of a file, or of stdin for `-`. A webhook of Discord may be given by its `url`, and a signed webhook without
 * secrets gets one.
 *
 * @throws InputError
 */
export async function readChannelFile(file: string): Promise<ChannelInput> {
  return channelInputOf(await readJsonObject(file, '{"kind": "slack", "url": "https://..."}'), file);
}

/** @param name of the file, for messages. */
export function channelInputOf(fields: Readonly<Record<string, unknown>>, name: string): ChannelInput {
  if (fields['kind'] === 'discordWebhook' && 'url' in fields) {
    const { url, ...others } = fields;
    const [, webhookId, webhookToken] = discordUrl.exec(String(url)) ?? [];
    if (webhookId === undefined || webhookToken === undefined)
      throw new InputError(`${name}: url: must be like https://discord.com/api/webhooks/ID/TOKEN`);
    return { fields: { ...others, webhookId, webhookToken } };
  }
  if (fields['kind'] !== 'webhook' || 'secrets' in fields) return { fields };
  const newSecret = `whsec_${randomBytes(32).toString('base64')}`;
  return { fields: { ...fields, secrets: [newSecret] }, newSecret };
}
