import type { RunningServer, ServerOptions } from '../core/server.ts';
import { discordDialect } from '../faults/dialects.ts';
import { httpTraffic } from '../faults/http-traffic.ts';
import { startJsonServer } from '../ops/json-server.ts';
import type { HttpRequest, JsonReply } from '../ops/json-server.ts';
import { guardAddress } from './address-guard.ts';
import { emptyState, messagesAfter, step } from './machine.ts';
import type { WebhookRequest } from './machine.ts';
import type { Webhook } from './webhook.ts';
import { openMessageStore } from './message-store.ts';
import { defaultRateLimit, globalRateLimit, invalidRequestLimit, RateLimiter } from './rate-limit.ts';
import type { RateLimit } from './rate-limit.ts';
import { route } from './routes.ts';
import type { LocalRoute } from './routes.ts';

export type { DiscordMessage } from './message.ts';
export type { RateLimit } from './rate-limit.ts';
export { parseWebhook } from './webhook.ts';
export type { Webhook } from './webhook.ts';

export interface DiscordOptions extends ServerOptions {
  /** False: nothing is answered 429, and the headers announce plenty. */
  readonly rateLimits: boolean;
  /** Those that exist; any other is answered 404, a wrong token 401. Without it every id and token is a webhook. */
  readonly webhooks?: readonly Webhook[];
  /** Of each webhook and route; 5 requests in 2 s by default. */
  readonly rateLimit?: RateLimit;
  /** Of each bot, and of all that is asked without one; 50 requests in 1 s by default. */
  readonly globalLimit?: RateLimit;
  /** Answers 401, 403 and 429 before everything is blocked for the rest of the window; 10,000 in 10 minutes by default. */
  readonly invalidLimit?: RateLimit;
}

/** With every file that a message may have. Documented. */
const maxBodyBytes = 25 * 1024 * 1024;

/**
 * A sink that speaks Discord's webhook API under `/api/v10/webhooks/{id}/{token}`: execute, and get, edit and
 * delete of a message, with files, in threads and forums. Bots do the same under `/api/v10/channels/{id}/messages`, and list
 * them; every token is a bot of its own, and with `enforce_nonce` a repeated nonce brings the earlier message.
 *
 * With a data directory a message that was answered survives a crash. `GET /log?after=ID&limit=N` lists the
 * messages as they stand now, oldest first (`{messages: [...]}`, at most 1,000), those of one `webhook_id` or
 * `channel_id` alone when asked; `GET /log/count` counts all.
 * Memory grows with the messages. Meters `discord.messages` and `discord.rateLimited`.
 */
export async function startDiscord(options: DiscordOptions): Promise<RunningServer> {
  const { clock, meter } = options;
  const { rateLimits, rateLimit = defaultRateLimit, globalLimit = globalRateLimit } = options;
  const state = rateLimits
    ? emptyState(rateLimit, globalLimit, options.webhooks)
    : emptyState(undefined, undefined, options.webhooks);
  const invalid = new RateLimiter(rateLimits ? (options.invalidLimit ?? invalidRequestLimit) : undefined);
  const store = await openMessageStore(state, options.dataDir);

  async function answer(http: HttpRequest): Promise<JsonReply> {
    const asked = await route(http);
    const reply = asked.type === 'webhook' ? answerWebhook(asked.request) : answerOther(asked);
    await store.written();
    return reply;
  }

  function answerWebhook(request: WebhookRequest): JsonReply {
    const { reply, record } = step(state, request, clock.nowMicros());
    if (record !== undefined) store.append(record);
    if (record?.type === 'posted') meter.add('discord', 'messages');
    if (reply.status === 429) meter.add('discord', 'rateLimited');
    return reply;
  }

  function answerOther(asked: LocalRoute): JsonReply {
    if (asked.type === 'refused') {
      return { status: asked.status, body: { message: asked.message, code: asked.code } };
    }
    return asked.type === 'count'
      ? { status: 200, body: { count: state.messages.length } }
      : { status: 200, body: { messages: messagesAfter(state, asked) } };
  }

  const server = await startJsonServer(
    {
      port: options.port,
      maxBodyBytes,
      intercept: (listener) =>
        guardAddress(invalid, clock, httpTraffic(options.traffic, discordDialect, listener)),
    },
    answer,
  ).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  return {
    port: server.port,
    async close() {
      await server.close();
      await store.close();
    },
  };
}
