import type { HttpDialect } from './http-traffic.ts';

const verbs: Readonly<Record<string, readonly [ofOne: string, ofMany: string]>> = {
  GET: ['get', 'list'],
  POST: ['post', 'insert'],
  PUT: ['update', 'update'],
  PATCH: ['patch', 'patch'],
  DELETE: ['delete', 'delete'],
};

/** Methods by the names of the API reference: `tabledata.insertAll`, `jobs.query`, `tables.get`, `objects.get`. */
export const bigqueryDialect: HttpDialect = {
  service: 'bigquery',
  call(method, path) {
    const [, resource = ''] = /\/((?:projects|b)(?:\/.*)?)$/.exec(path) ?? [];
    const parts = resource.split('/');
    return {
      method: parts[0] === 'b' ? storageMethod(method, parts) : bigqueryMethod(method, parts),
      resource,
    };
  },
  error: (status, code, message) => ({
    error: {
      code: status,
      message,
      errors: [{ message, domain: 'global', reason: reasonOf(status) }],
      status: code,
    },
  }),
};

function bigqueryMethod(method: string, parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  if (last === 'insertAll') return 'tabledata.insertAll';
  if (last === 'data') return 'tabledata.list';
  if (parts[2] === 'queries') return method === 'POST' ? 'jobs.query' : 'jobs.getQueryResults';
  if (last === 'cancel') return 'jobs.cancel';
  const isOne = parts.length % 2 === 0;
  const [ofOne, ofMany] = verbs[method] ?? [method, method];
  return `${(isOne ? parts.at(-2) : last) ?? ''}.${isOne ? ofOne : ofMany}`;
}

/** `b/{bucket}/o/{object}` in Cloud Storage's JSON API. */
function storageMethod(method: string, parts: readonly string[]): string {
  const [ofOne, ofMany] = verbs[method] ?? [method, method];
  return `${parts.length > 2 ? 'objects' : 'buckets'}.${parts.length % 2 === 0 ? ofOne : ofMany}`;
}

/** Reasons that Google's client knows: it tries again after the first three. */
function reasonOf(status: number): string {
  if (status === 429) return 'rateLimitExceeded';
  if (status === 503) return 'backendError';
  if (status === 500) return 'internalError';
  if (status === 404) return 'notFound';
  return status === 403 ? 'accessDenied' : 'invalid';
}

const discordPath =
  /^\/api(?:\/v\d+)?\/(webhooks|channels)\/([^/]+)(?:\/(?!messages)[^/]+)?(\/messages)?(\/\d+)?$/;
const discordVerbs: Readonly<Record<string, string>> = {
  POST: 'Create',
  GET: 'Get',
  PATCH: 'Edit',
  DELETE: 'Delete',
};

/** Methods by the names of Discord's reference: `ExecuteWebhook`, `EditWebhookMessage`, `CreateMessage`. */
export const discordDialect: HttpDialect = {
  service: 'discord',
  call(method, path) {
    const [, kind, id, messages] = discordPath.exec(path) ?? [];
    if (kind === undefined) return undefined;
    const verb = discordVerbs[method] ?? method;
    const name = kind === 'channels' ? `${verb}Message` : `${verb}WebhookMessage`;
    const isExecute = kind === 'webhooks' && messages === undefined;
    return { method: isExecute ? 'ExecuteWebhook' : name, resource: `${kind}/${id}` };
  },
  error(status, _, message) {
    if (status === 403) return { message: 'Missing Permissions', code: 50013 };
    if (status === 429) return { message: 'You are being rate limited.', retry_after: 1, global: false };
    if (status === 404) return { message: 'Unknown Webhook', code: 10015 };
    if (status === 401) return { message: 'Invalid Webhook Token', code: 50027 };
    return { message: `${status}: ${message}`, code: 0 };
  },
  /** A `shared` limit is not the bucket's own: by its headers there would be room. */
  rateLimited({ scope, retryAfterMs }) {
    const retryAfter = retryAfterMs / 1000;
    const isGlobal = scope === 'global';
    const windowSeconds = scope === 'shared' ? 2 : retryAfter;
    const bucket = {
      'X-RateLimit-Limit': '5',
      'X-RateLimit-Remaining': scope === 'shared' ? '4' : '0',
      'X-RateLimit-Reset': (Date.now() / 1000 + windowSeconds).toFixed(3),
      'X-RateLimit-Reset-After': windowSeconds.toFixed(3),
      'X-RateLimit-Bucket': 'webhook-execute',
    };
    return {
      status: 429,
      headers: {
        ...(isGlobal ? { 'X-RateLimit-Global': 'true' } : bucket),
        'X-RateLimit-Scope': scope,
        'Retry-After': String(Math.ceil(retryAfter)),
      },
      body: { message: 'You are being rate limited.', retry_after: retryAfter, global: isGlobal },
    };
  },
  skewed(headers, ms) {
    const reset = Number(headers['X-RateLimit-Reset']);
    return Number.isNaN(reset)
      ? headers
      : { ...headers, 'X-RateLimit-Reset': (reset + ms / 1000).toFixed(3) };
  },
};
