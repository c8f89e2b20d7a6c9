import { type KeyObject, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What seals the secrets of channels, and opens them. */
export interface ChannelKeys {
  /** Seals; absent where no key is given. */
  readonly current?: { readonly id: string; readonly key: KeyObject };
  /** Opens: the current one and those before it. */
  readonly byId: ReadonlyMap<string, KeyObject>;
}

const idText = /^[A-Za-z0-9_-]{1,32}$/;
const keyBytes = 32;

/**
 * The keys that `CHANNEL_KEYS` holds, or the file that `CHANNEL_KEYS_FILE` names, as Secret Manager gives either to a process:
 * `{id}:{32 bytes in base64}`, separated by commas or white space. The first one seals, all of them open: a new key is put
 * before the old one, which goes when nothing is sealed with it any more.
 *
 * @throws Error that names the variable and the place, and no key.
 */
export function readChannelKeys(environment: NodeJS.ProcessEnv): ChannelKeys {
  const { CHANNEL_KEYS: text, CHANNEL_KEYS_FILE: file } = environment;
  if (text !== undefined && text !== '') return parseChannelKeys(text, 'CHANNEL_KEYS');
  if (file === undefined || file === '') return { byId: new Map() };
  return parseChannelKeys(contentOf(file), `CHANNEL_KEYS_FILE (${file})`);
}

/** @param source where they stand, for messages. */
export function parseChannelKeys(text: string, source: string): ChannelKeys {
  const byId = new Map<string, KeyObject>();
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  for (const [index, word] of words.entries()) {
    const [id = '', encoded = '', ...rest] = word.split(':');
    const bytes = Buffer.from(encoded, 'base64');
    if (!idText.test(id) || rest.length > 0 || bytes.length !== keyBytes)
      throw new Error(
        `${source}: key ${index + 1} must be an id of letters, digits, "_" or "-", a colon, and ${keyBytes} bytes in base64`,
      );
    if (byId.has(id)) throw new Error(`${source}: key ${index + 1} has the id of one before it, ${id}`);
    byId.set(id, createSecretKey(bytes));
  }
  const [first] = byId;
  if (first === undefined) throw new Error(`${source}: holds no key`);
  const [id, key] = first;
  return { current: { id, key }, byId };
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`CHANNEL_KEYS_FILE: ${file} cannot be read`, { cause: error });
  }
}
