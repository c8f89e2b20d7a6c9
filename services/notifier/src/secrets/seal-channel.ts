import type { ChannelDocument, ChannelSettings, SealedChannelDocument } from '@bellwether/contracts';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { placeOf } from '../channels/place-of.ts';
import type { ChannelKeys } from './channel-keys.ts';

/** Of which channel a document is: what was sealed for one opens for no other. */
export interface ChannelName {
  readonly tenant: string;
  readonly id: string;
}

/** What is sealed cannot be opened, or nothing can be sealed. Its message names no secret. */
export class ChannelKeyError extends Error {
  override readonly name = 'ChannelKeyError';
}

const cipher = 'aes-256-gcm';
const version = '1';
const ivBytes = 12;
const tagBytes = 16;

/**
 * The document as it is stored: what it says of where and how the channel is told is sealed by AES-256-GCM, with the key's id,
 * tenant, channel and kind as associated data.
 *
 * @throws ChannelKeyError where no key is given.
 */
export function sealChannel(
  channel: ChannelDocument,
  name: ChannelName,
  { current }: ChannelKeys,
): SealedChannelDocument {
  if (current === undefined)
    throw new ChannelKeyError(
      'the secrets of channels are stored sealed, which needs a key: set CHANNEL_KEYS or CHANNEL_KEYS_FILE',
    );
  const { kind, status, disabledReason, ...secret } = channel;
  const iv = randomBytes(ivBytes);
  const sealing = createCipheriv(cipher, current.key, iv, { authTagLength: tagBytes });
  sealing.setAAD(associated(current.id, name, kind));
  const text = Buffer.concat([sealing.update(JSON.stringify(secret)), sealing.final()]);
  const sealed = Buffer.concat([iv, text, sealing.getAuthTag()]).toString('base64url');
  return {
    kind,
    status,
    ...(disabledReason === undefined ? {} : { disabledReason }),
    place: placeOf(channel),
    sealed: `${version}.${current.id}.${sealed}`,
  };
}

/**
 * What was sealed, in clear.
 *
 * @returns what is yet to be checked: it is of the time when it was sealed.
 * @throws ChannelKeyError where its key is not given, or it was changed or put somewhere else.
 */
export function openChannel(
  { kind, status, disabledReason, sealed }: SealedChannelDocument,
  name: ChannelName,
  { byId }: ChannelKeys,
): Readonly<Record<string, unknown>> {
  const [, keyId = '', text = ''] = sealed.split('.');
  const key = byId.get(keyId);
  if (key === undefined)
    throw new ChannelKeyError(
      `its secrets are sealed with the key "${keyId}", which neither CHANNEL_KEYS nor CHANNEL_KEYS_FILE holds`,
    );
  const bytes = Buffer.from(text, 'base64url');
  try {
    const iv = bytes.subarray(0, ivBytes);
    const opening = createDecipheriv(cipher, key, iv, { authTagLength: tagBytes });
    opening.setAAD(associated(keyId, name, kind));
    opening.setAuthTag(bytes.subarray(-tagBytes));
    const opened = Buffer.concat([opening.update(bytes.subarray(ivBytes, -tagBytes)), opening.final()]);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody without the key can have written another
    const secret = JSON.parse(opened.toString('utf8')) as object;
    return { ...secret, kind, status, ...(disabledReason === undefined ? {} : { disabledReason }) };
  } catch {
    throw new ChannelKeyError(
      `its secrets were not sealed with the key "${keyId}" for this channel, or were changed since`,
    );
  }
}

function associated(keyId: string, { tenant, id }: ChannelName, kind: ChannelSettings['kind']): Buffer {
  return Buffer.from(JSON.stringify(['bellwether channel', version, keyId, tenant, id, kind]));
}
