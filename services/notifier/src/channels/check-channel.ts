import { type ChannelDocument, type SealedChannelDocument, problemsOf } from '@bellwether/contracts';
import * as z from 'zod';
import { hostOf, refusalOfHost } from '../http/channel-url.ts';
import { guardedLookup } from '../http/guarded-lookup.ts';
import type { PrivateReach } from '../http/public-address.ts';
import type { ChannelKeys } from '../secrets/channel-keys.ts';
import { ChannelKeyError, type ChannelName, openChannel } from '../secrets/seal-channel.ts';
import { storedChannel } from './channel.ts';

export type CheckedChannel =
  | { readonly kind: 'valid'; readonly channel: ChannelDocument }
  /** Fields and reasons, never a value. */
  | { readonly kind: 'invalid'; readonly problems: string };

/** What the notifier makes of the document of a channel. */
export function checkChannel(document: unknown, allowed: PrivateReach): CheckedChannel {
  const { data, error } = storedChannel(allowed).safeParse(document);
  return error === undefined
    ? { kind: 'valid', channel: data }
    : { kind: 'invalid', problems: problemsOf(error) };
}

const Sealed: z.ZodType<SealedChannelDocument> = z.strictObject({
  kind: z.enum(['discordWebhook', 'discordBot', 'webhook', 'slack', 'telegram', 'email']),
  status: z.enum(['active', 'disabled']),
  disabledReason: z.string().exactOptional(),
  place: z.string(),
  sealed: z.string().regex(/^1\.[A-Za-z0-9_-]{1,32}\.[A-Za-z0-9_-]+$/, 'must be sealed as version 1'),
});

/** The document of a channel as it is sealed; `undefined` for another, such as one in clear. */
export function sealedChannel(stored: unknown): SealedChannelDocument | undefined {
  return Sealed.safeParse(stored).data;
}

/** What the notifier makes of a document as it is stored, sealed or in clear. */
export function readChannel(
  stored: unknown,
  name: ChannelName,
  { keys, allowed }: { readonly keys: ChannelKeys; readonly allowed: PrivateReach },
): CheckedChannel {
  const sealed = sealedChannel(stored);
  if (sealed === undefined) return checkChannel(stored, allowed);
  try {
    return checkChannel(openChannel(sealed, name, keys), allowed);
  } catch (error) {
    if (error instanceof ChannelKeyError) return { kind: 'invalid', problems: error.message };
    throw error;
  }
}

/**
 * Why the host that a channel names is none to tell alerts; `undefined` when it is one, or is not the tenant's choice. It is
 * looked up now, and again for each connection.
 */
export async function refusalOfAddress(
  channel: ChannelDocument,
  allowed: PrivateReach,
  lookup = guardedLookup(allowed),
): Promise<string | undefined> {
  const host = chosenHost(channel);
  if (host === undefined) return undefined;
  const refusal = refusalOfHost(host, allowed);
  if (refusal !== undefined) return `${host} ${refusal}`;
  return new Promise((resolve) => {
    lookup(host, { all: true }, (error) => {
      if (error === null) resolve(undefined);
      else
        resolve(
          error.code === 'EADDRESSREFUSED'
            ? `${host} stands for an address that is not of the public internet`
            : `${host} cannot be looked up (${error.code ?? error.name})`,
        );
    });
  });
}

function chosenHost(channel: ChannelDocument): string | undefined {
  switch (channel.kind) {
    case 'webhook':
    case 'slack':
      return hostOf(new URL(channel.url));
    case 'email':
      return channel.host;
    case 'discordWebhook':
    case 'discordBot':
    case 'telegram':
      return undefined;
  }
}
