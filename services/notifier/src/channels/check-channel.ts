import type { ChannelDocument } from '@bellwether/contracts';
import * as z from 'zod';
import { hostOf, refusalOfHost } from '../http/channel-url.ts';
import { guardedLookup } from '../http/guarded-lookup.ts';
import type { PrivateReach } from '../http/public-address.ts';
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
    : { kind: 'invalid', problems: z.prettifyError(error) };
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

/** Where a channel goes, without its secrets. */
export function placeOf(channel: ChannelDocument): string {
  switch (channel.kind) {
    case 'discordWebhook':
      return `webhook ${channel.webhookId}`;
    case 'discordBot':
      return `channel ${channel.channelId}`;
    case 'webhook':
    case 'slack':
      return new URL(channel.url).host;
    case 'telegram':
      return `chat ${channel.chatId}`;
    case 'email':
      return channel.to.join(', ');
  }
}
