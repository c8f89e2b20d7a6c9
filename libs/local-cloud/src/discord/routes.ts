import { createHash } from 'node:crypto';
import type { HttpRequest } from '../ops/json-server.ts';
import type { LogQuery, WebhookRequest } from './machine.ts';
import { readRequestBody, RequestBodyError } from './request-body.ts';
import type { RequestBody } from './request-body.ts';

/** What a request asks for, or the Discord error that it deserves before any webhook is involved. */
export type Route = { readonly type: 'webhook'; readonly request: WebhookRequest } | LocalRoute;

/** What no webhook is needed for. */
export type LocalRoute =
  | ({ readonly type: 'log' } & LogQuery)
  | { readonly type: 'count' }
  | { readonly type: 'refused'; readonly status: number; readonly code: number; readonly message: string };

const webhookPath = /^\/api(?:\/v\d+)?\/webhooks\/([^/]+)\/([^/]+)(?:\/messages\/(\d+))?$/;
const channelPath = /^\/api(?:\/v\d+)?\/channels\/(\d+)\/messages(?:\/(\d+))?$/;
const mostLogged = 1000;
const mostListed = 100;

/** Reads path, query and body. `/log` and `/log/count` are ours, everything else is Discord's. */
export async function route(http: HttpRequest): Promise<Route> {
  if (http.path === '/log') return readLog(http.query);
  if (http.path === '/log/count') return { type: 'count' };
  if (channelPath.test(http.path)) return botRoute(http);
  const [, webhookId, token, messageId] = webhookPath.exec(http.path) ?? [];
  if (webhookId === undefined || token === undefined) return refused(404, 0, '404: Not Found');
  const threadId = http.query.get('thread_id') ?? undefined;
  if (threadId !== undefined && !/^\d{1,20}$/.test(threadId))
    return refused(400, 50035, `thread_id: Value "${threadId}" is not snowflake.`);
  const withComponents = isTrue(http.query.get('with_components'));
  return messageRoute(http, { webhookId, token, threadId, withComponents }, messageId);
}

/** A bot is whoever its token names; channels are what the path names. */
function botRoute(http: HttpRequest): Promise<Route> | Route {
  const [, threadId, messageId] = channelPath.exec(http.path) ?? [];
  const [, token] = /^Bot (\S+)$/.exec(http.authorization) ?? [];
  if (token === undefined) return refused(401, 0, '401: Unauthorized');
  const id = createHash('sha256').update(token).digest().readBigUInt64BE() >> 4n;
  return messageRoute(
    http,
    { webhookId: String(id), token, isBot: true, withComponents: true, threadId },
    messageId,
  );
}

function messageRoute(
  http: HttpRequest,
  webhook: Omit<WebhookRequest, 'action'>,
  messageId: string | undefined,
): Promise<Route> | Route {
  if (messageId === undefined && http.method === 'POST') {
    const wait = webhook.isBot === true || isTrue(http.query.get('wait'));
    return withBody(http, ({ json: body, files }) => ({
      ...webhook,
      action: { type: 'execute', wait, body, files },
    }));
  }
  if (messageId === undefined && http.method === 'GET' && webhook.isBot === true)
    return listRoute(http.query, webhook);
  if (messageId !== undefined && http.method === 'PATCH') {
    return withBody(http, ({ json: body, files }) => ({
      ...webhook,
      action: { type: 'edit', messageId, body, files },
    }));
  }
  if (messageId !== undefined && (http.method === 'GET' || http.method === 'DELETE')) {
    const type = http.method === 'GET' ? 'get' : 'delete';
    return { type: 'webhook', request: { ...webhook, action: { type, messageId } } };
  }
  return refused(405, 0, '405: Method Not Allowed');
}

function listRoute(query: URLSearchParams, bot: Omit<WebhookRequest, 'action'>): Route {
  const [after, limit] = [query.get('after') ?? undefined, Number(query.get('limit') ?? 50)];
  const other = ['before', 'around'].find((name) => query.has(name));
  if (other !== undefined) return refused(400, 0, `The local cloud does not support ${other}`);
  if (after !== undefined && !/^\d{1,20}$/.test(after))
    return refused(400, 50035, `after: Value "${after}" is not snowflake.`);
  if (!Number.isInteger(limit) || limit < 1 || limit > mostListed)
    return refused(400, 50035, `limit: int value should be between 1 and ${mostListed}.`);
  const since = after === undefined ? {} : { after };
  return { type: 'webhook', request: { ...bot, action: { type: 'list', limit, ...since } } };
}

async function withBody(http: HttpRequest, toRequest: (body: RequestBody) => WebhookRequest): Promise<Route> {
  try {
    return { type: 'webhook', request: toRequest(await readRequestBody(http)) };
  } catch (error) {
    if (error instanceof RequestBodyError) return refused(error.status, error.code, error.message);
    throw error;
  }
}

function readLog(query: URLSearchParams): Route {
  const after = query.get('after') ?? '0';
  const limit = Number(query.get('limit') ?? mostLogged);
  if (!/^\d+$/.test(after)) return refused(400, 50035, 'after must be the id of a message');
  if (!Number.isInteger(limit) || limit < 1 || limit > mostLogged) {
    return refused(400, 50035, `limit must be a whole number from 1 to ${mostLogged}`);
  }
  const [webhookId, channelId] = [query.get('webhook_id'), query.get('channel_id')];
  return {
    type: 'log',
    after,
    limit,
    ...(webhookId === null ? {} : { webhookId }),
    ...(channelId === null ? {} : { channelId }),
  };
}

function isTrue(value: string | null): boolean {
  return /^(true|1)$/i.test(value ?? '');
}

function refused(status: number, code: number, message: string): Route {
  return { type: 'refused', status, code, message };
}
