import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { InputError } from '../input-error.ts';
import { userPath } from '../processes/entry.ts';

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
  return channelInputOf(file === '-' ? await text(process.stdin) : await contentOf(file), file);
}

/** @param name of the file, for messages. */
export function channelInputOf(content: string, name: string): ChannelInput {
  const fields = objectOf(content, name);
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

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(userPath(file), 'utf8');
  } catch (error) {
    throw new InputError(`${file}: cannot be read`, { cause: error });
  }
}

function objectOf(content: string, name: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    throw new InputError(`${name}: is not JSON`); // what the parser says may hold a secret
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new InputError(`${name}: must be one JSON object, like {"kind": "slack", "url": "https://..."}`);
  return { ...json };
}
