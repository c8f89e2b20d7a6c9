import { createHash } from 'node:crypto';

/** As long as Discord takes them. */
const length = 25;

/**
 * The nonce of an event's alert on a channel. The channel is part of it, because Discord does not say whether a bot may use
 * a nonce again elsewhere.
 */
export function nonceOf(eventId: string, channelId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([eventId, channelId]))
    .digest('base64url')
    .slice(0, length);
}
