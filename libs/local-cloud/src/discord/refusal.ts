import type { JsonReply } from '../ops/json-server.ts';
import type { WebhookRequest } from './machine.ts';
import type { MessageForm } from './message-form.ts';
import type { Webhook } from './webhook.ts';

export interface Refusal {
  readonly reply: JsonReply;
}

/** By their ids; undefined where every id and token is a webhook. */
export type KnownWebhooks = ReadonlyMap<string, Webhook> | undefined;

/** Discord's answer to what it does not do. */
export function refuse(status: number, code: number, message: string, errors?: object): Refusal {
  return { reply: { status, body: { message, code, ...(errors === undefined ? {} : { errors }) } } };
}

/** What a webhook that is none is told; undefined for one that is. */
export function refuseStranger(
  webhooks: KnownWebhooks,
  { webhookId, token, isBot }: WebhookRequest,
): Refusal | undefined {
  if (webhooks === undefined || isBot) return undefined;
  const known = webhooks.get(webhookId);
  if (known === undefined) return refuse(404, 10015, 'Unknown Webhook');
  return known.token === token ? undefined : refuse(401, 50027, 'Invalid Webhook Token');
}

const componentsV2 = 1 << 15;

/** Buttons and layouts are not rendered: who insists on them is refused, else they are ignored as by Discord. */
export function refuseComponents(
  { components, flags = 0 }: MessageForm,
  withComponents = false,
): Refusal | undefined {
  const insists = (flags & componentsV2) !== 0 || (withComponents && (components?.length ?? 0) > 0);
  return insists ? refuse(400, 0, 'The local cloud does not support components') : undefined;
}

/** A forum holds nothing but threads; where it is not known what a channel is, both are taken. */
export function refuseThread(
  webhooks: KnownWebhooks,
  { webhookId, threadId, isBot }: WebhookRequest,
  { thread_name: threadName }: MessageForm,
): Refusal | undefined {
  if (isBot) return undefined;
  const hasName = threadName !== undefined;
  if (hasName && threadId !== undefined)
    return refuse(
      400,
      220002,
      'Webhooks posted to forum channels cannot have both a thread_name and thread_id',
    );
  const webhook = webhooks?.get(webhookId);
  if (webhook === undefined) return undefined;
  if (webhook.isForum && !hasName && threadId === undefined)
    return refuse(400, 220001, 'Webhooks posted to forum channels must have a thread_name or thread_id');
  if (!webhook.isForum && hasName)
    return refuse(400, 220003, 'Webhooks can only create threads in forum channels');
  return undefined;
}
