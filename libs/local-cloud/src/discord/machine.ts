import type { JsonReply } from '../ops/json-server.ts';
import { addedAttachments, descriptionOf, keptAttachments, newAttachment } from './attachment.ts';
import type { Attachment, UploadedFile } from './attachment.ts';
import { compareSnowflakes, discordTimestamp, snowflakeAfter } from './message.ts';
import type { DiscordMessage } from './message.ts';
import { isEmptyMessage, readMessageForm } from './message-form.ts';
import type { Embed, MessageForm } from './message-form.ts';
import { globalRateLimit, RateLimiter } from './rate-limit.ts';
import type { Permit, RateLimit } from './rate-limit.ts';
import { refuse, refuseComponents, refuseStranger, refuseThread } from './refusal.ts';
import type { KnownWebhooks } from './refusal.ts';
import type { Webhook } from './webhook.ts';

/**
 * A parsed request to a webhook, or of a bot to a channel. `body` is decoded JSON; `threadId` names a thread of the
 * webhook's channel, or the bot's channel.
 */
export interface WebhookRequest {
  readonly webhookId: string;
  readonly token: string;
  /** `webhookId` is the id of the bot then. */
  readonly isBot?: true;
  readonly threadId?: string | undefined;
  /** Without it components are ignored. */
  readonly withComponents?: boolean;
  readonly action:
    | {
        readonly type: 'execute';
        readonly wait: boolean;
        readonly body: unknown;
        readonly files?: readonly UploadedFile[];
      }
    | { readonly type: 'get' | 'delete'; readonly messageId: string }
    /** Those after a message, or else the latest. */
    | { readonly type: 'list'; readonly after?: string; readonly limit: number }
    | {
        readonly type: 'edit';
        readonly messageId: string;
        readonly body: unknown;
        readonly files?: readonly UploadedFile[];
      };
}

/** What must be durable before the reply leaves, and what rebuilds the state. */
export type DiscordRecord =
  | { readonly type: 'posted' | 'edited'; readonly message: DiscordMessage }
  | { readonly type: 'deleted'; readonly messageId: string };

export interface DiscordState {
  /** In the order of their ids. */
  readonly messages: DiscordMessage[];
  readonly webhooks: KnownWebhooks;
  readonly limiter: RateLimiter;
  readonly globalLimiter: RateLimiter;
  lastId: bigint;
}

export interface Step {
  readonly reply: JsonReply;
  readonly record?: DiscordRecord;
}

/** A state without messages. No `rateLimit`: nothing is ever refused for its rate. */
export function emptyState(
  rateLimit: RateLimit | undefined,
  globalLimit = rateLimit && globalRateLimit,
  webhooks?: readonly Webhook[],
): DiscordState {
  const [limiter, globalLimiter] = [new RateLimiter(rateLimit), new RateLimiter(globalLimit)];
  const known = webhooks && new Map(webhooks.map((webhook) => [webhook.id, webhook]));
  return { messages: [], webhooks: known, limiter, globalLimiter, lastId: 0n };
}

/**
 * Answers one request. It depends on nothing but its arguments and changes nothing but `state`.
 *
 * A webhook's channel has the webhook's own id; a thread in a forum has the id of its first message.
 */
export function step(state: DiscordState, request: WebhookRequest, nowMicros: bigint): Step {
  const { webhookId, token, action } = request;
  const everywhere = state.globalLimiter.take(request.isBot ? webhookId : 'address', nowMicros);
  if (!everywhere.isAllowed)
    return { reply: tooManyRequests(everywhere, { 'X-RateLimit-Global': 'true' }, 'global') };
  const stranger = refuseStranger(state.webhooks, request);
  if (stranger !== undefined) return stranger;
  const route = request.isBot ? channelOf(request) : token;
  const permit = state.limiter.take(`${action.type} ${webhookId}/${route}`, nowMicros);
  const headers = rateLimitHeaders(permit, action.type);
  if (!permit.isAllowed) return { reply: tooManyRequests(permit, headers, 'user') };
  const { reply, record } = act(state, request, nowMicros);
  if (record === undefined) return { reply: { ...reply, headers } };
  apply(state, record);
  return { reply: { ...reply, headers }, record };
}

/** Brings `state` to where it was after `record` was made. */
export function apply(state: DiscordState, record: DiscordRecord): void {
  const id = record.type === 'deleted' ? record.messageId : record.message.id;
  const index = indexAfter(state.messages, id) - 1;
  if (record.type === 'deleted') {
    state.messages.splice(index, 1);
  } else if (record.type === 'edited') {
    state.messages[index] = record.message;
  } else {
    state.messages.push(record.message);
    state.lastId = BigInt(id);
  }
}

export interface LogQuery {
  /** The id of a message. */
  readonly after: string;
  readonly limit: number;
  readonly webhookId?: string;
  /** Or a thread's. */
  readonly channelId?: string;
}

/** At most `limit` messages younger than the message `after`, oldest first. */
export function messagesAfter(state: DiscordState, query: LogQuery): readonly DiscordMessage[] {
  const { after, limit, webhookId, channelId } = query;
  const found: DiscordMessage[] = [];
  for (
    let at = indexAfter(state.messages, after);
    at < state.messages.length && found.length < limit;
    at += 1
  ) {
    const message = state.messages[at];
    if (message === undefined) break;
    if (webhookId !== undefined && message.webhook_id !== webhookId) continue;
    if (channelId === undefined || message.channel_id === channelId) found.push(message);
  }
  return found;
}

function act(state: DiscordState, request: WebhookRequest, nowMicros: bigint): Step {
  const { action } = request;
  if (action.type === 'execute') return post(state, request, action, nowMicros);
  if (action.type === 'list') return list(state, request, action);
  const found = state.messages[indexAfter(state.messages, action.messageId) - 1];
  const isHere = found?.channel_id === channelOf(request);
  const isItsOwn =
    found?.author.id === request.webhookId && (found.webhook_id === undefined) === (request.isBot === true);
  if (found?.id !== action.messageId || !isHere || !(isItsOwn || request.isBot)) {
    return refuse(404, 10008, 'Unknown Message');
  }
  if (!isItsOwn && action.type === 'edit') {
    return refuse(403, 50005, 'Cannot edit a message authored by another user');
  }
  if (action.type === 'get') return { reply: { status: 200, body: found } };
  if (action.type === 'edit') return edit(found, request.withComponents, action, nowMicros);
  return { reply: { status: 204 }, record: { type: 'deleted', messageId: found.id } };
}

/** The latest first, as Discord lists them, and without nonces. */
function list(
  state: DiscordState,
  request: WebhookRequest,
  { after, limit }: WebhookRequest['action'] & { readonly type: 'list' },
): Step {
  const channelId = channelOf(request);
  const found =
    after === undefined
      ? messagesAfter(state, { after: '0', limit: Infinity, channelId }).slice(-limit)
      : messagesAfter(state, { after, limit, channelId });
  const body = found.toReversed().map((message) => {
    const { nonce: _, ...listed } = message;
    return listed;
  });
  return { reply: { status: 200, body } };
}

function post(
  state: DiscordState,
  request: WebhookRequest,
  { body, wait, files = [] }: WebhookRequest['action'] & { readonly type: 'execute' },
  nowMicros: bigint,
): Step {
  const { form, errors } = readMessageForm(body);
  if (!errors.isEmpty) return refuse(400, 50035, 'Invalid Form Body', errors);
  const { content = '', embeds = [], flags = 0 } = form;
  const misplaced =
    refuseComponents(form, request.withComponents) ?? refuseThread(state.webhooks, request, form);
  if (misplaced !== undefined) return misplaced;
  if (isEmptyMessage(content, embeds) && files.length === 0)
    return refuse(400, 50006, 'Cannot send an empty message');
  const { nonce } = form;
  const earlier = form.enforce_nonce === true ? sameNonce(state, request, nonce, nowMicros) : undefined;
  if (earlier !== undefined) return { reply: { status: 200, body: earlier } };
  const id = String(snowflakeAfter(state.lastId, nowMicros));
  const thread =
    form.thread_name === undefined ? undefined : { id, name: form.thread_name, parent_id: request.webhookId };
  const channelId = thread?.id ?? channelOf(request);
  const attachments = files.map((file, index) =>
    newAttachment(id, channelId, index, file, descriptionOf(file, form)),
  );
  const message: DiscordMessage = {
    id,
    type: 0,
    channel_id: channelId,
    ...(thread === undefined ? {} : { thread }),
    ...(request.isBot ? {} : { webhook_id: request.webhookId }),
    author: {
      id: request.webhookId,
      username: (request.isBot ? undefined : form.username) ?? 'Bellwether',
      avatar: null,
      discriminator: '0000',
      bot: true,
    },
    ...(request.isBot && nonce !== undefined ? { nonce } : {}),
    content,
    embeds: rich(embeds, attachments),
    timestamp: discordTimestamp(nowMicros),
    edited_timestamp: null,
    flags: flags & (suppressEmbeds | suppressNotifications),
    tts: form.tts ?? false,
    pinned: false,
    ...mentions(content, form.allowed_mentions),
    mentions: [],
    attachments,
    components: [],
  };
  const reply = wait ? { status: 200, body: message } : { status: 204 };
  return { reply, record: { type: 'posted', message } };
}

/** The documentation says the past few minutes. */
const nonceWindowMicros = 300_000_000n;

function sameNonce(
  { messages }: DiscordState,
  { webhookId, isBot }: WebhookRequest,
  nonce: string | undefined,
  nowMicros: bigint,
): DiscordMessage | undefined {
  if (!isBot || nonce === undefined) return undefined;
  const oldest = String(snowflakeAfter(0n, nowMicros - nonceWindowMicros));
  const recent = messages.slice(indexAfter(messages, oldest));
  return recent.find((message) => message.nonce === nonce && message.author.id === webhookId);
}

function edit(
  found: DiscordMessage,
  withComponents: boolean | undefined,
  { body, files = [] }: WebhookRequest['action'] & { readonly type: 'edit' },
  nowMicros: bigint,
): Step {
  const { form, errors } = readMessageForm(body);
  if (!errors.isEmpty) return refuse(400, 50035, 'Invalid Form Body', errors);
  const refusal = refuseComponents(form, withComponents);
  if (refusal !== undefined) return refusal;
  const { content = found.content, embeds = found.embeds } = form;
  const attachments = [...keptAttachments(found, form), ...addedAttachments(found, form, files)];
  if (isEmptyMessage(content, embeds) && attachments.length === 0)
    return refuse(400, 50006, 'Cannot send an empty message');
  const message: DiscordMessage = {
    ...found,
    content,
    embeds: rich(embeds, attachments),
    attachments,
    edited_timestamp: discordTimestamp(nowMicros),
    ...mentions(content, form.allowed_mentions),
  };
  return { reply: { status: 200, body: message }, record: { type: 'edited', message } };
}

const suppressEmbeds = 1 << 2;
const suppressNotifications = 1 << 12;

/** Whom the message pings. Without `allowed_mentions` everyone it names, as in an edit that forgets them. */
function mentions(content: string, allowed: MessageForm['allowed_mentions']) {
  const parses = (kind: string) => allowed === undefined || (allowed.parse ?? []).includes(kind);
  const roles = [...content.matchAll(/<@&(\d+)>/g)].map(([, role]) => role ?? '');
  return {
    mention_everyone: parses('everyone') && /@(everyone|here)/.test(content),
    mention_roles: [...new Set(roles)].filter((role) => parses('roles') || allowed?.roles?.includes(role)),
  };
}

/** As Discord shows them: with the addresses of the files that they name. */
function rich(embeds: readonly Embed[], attachments: readonly Attachment[]): DiscordMessage['embeds'] {
  const urlOf = (url: string): string =>
    attachments.find(({ filename }) => url === `attachment://${filename}`)?.url ?? url;
  return embeds.map((embed) => ({
    ...embed,
    ...(embed.image?.url === undefined ? {} : { image: { url: urlOf(embed.image.url) } }),
    ...(embed.thumbnail?.url === undefined ? {} : { thumbnail: { url: urlOf(embed.thumbnail.url) } }),
    type: 'rich',
  }));
}

function channelOf({ threadId, webhookId }: WebhookRequest): string {
  return threadId ?? webhookId;
}

function tooManyRequests(
  permit: Permit,
  headers: Record<string, string>,
  scope: 'user' | 'global',
): JsonReply {
  const retryAfter = seconds(permit.resetAfterMicros);
  return {
    status: 429,
    headers: {
      ...headers,
      'Retry-After': String(Math.ceil(retryAfter)),
      'X-RateLimit-Scope': scope,
    },
    body: { message: 'You are being rate limited.', retry_after: retryAfter, global: scope === 'global' },
  };
}

function rateLimitHeaders(permit: Permit, bucket: string): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(permit.limit),
    'X-RateLimit-Remaining': String(permit.remaining),
    'X-RateLimit-Reset': seconds(permit.resetAtMicros).toFixed(3),
    'X-RateLimit-Reset-After': seconds(permit.resetAfterMicros).toFixed(3),
    'X-RateLimit-Bucket': `webhook-${bucket}`,
  };
}

/** Rounded up to the millisecond: who waits so long has waited long enough. */
function seconds(micros: bigint): number {
  return Number((micros + 999n) / 1000n) / 1000;
}

/** The index of the first message younger than the snowflake `id`. */
function indexAfter(messages: readonly DiscordMessage[], id: string): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const candidate = messages[middle]?.id ?? '';
    if (compareSnowflakes(candidate, id) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
