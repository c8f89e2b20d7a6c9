import type { DiscordBotSettings } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import * as z from 'zod';
import type { Attempt, Batch, ChannelClient, Telling } from '../channels/channel-client.ts';
import type { Gate } from '../channels/gate.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { outcomeOf } from '../discord/outcome.ts';
import { pauseMsOf } from '../discord/pacing.ts';
import { userAgent } from '../discord/user-agent.ts';
import type { HttpRequest, HttpResult, SendHttp } from '../http/send-http.ts';
import { withCharts } from '../messages/chart-files.ts';
import { renderMessage, renderPlainText } from '../messages/render-message.ts';
import { type Sighting, findMessage } from './find-message.ts';
import { nonceOf } from './nonce.ts';

/** What is stored of a bot's channel, as strict as what becomes part of a URL or a header has to be. */
export const DiscordBotFields = z.strictObject({
  kind: z.literal('discordBot'),
  channelId: z.string().regex(/^\d{1,20}$/, 'must be the digits of a channel'),
  botToken: z.string().regex(/^[\w.-]{1,200}$/, 'must be the token of a bot'),
});

export interface DiscordBotPorts {
  readonly apiBase: string;
  readonly send: SendHttp<string | FormData>;
  readonly clock: Clock;
  /** Of a bot, by its token. */
  readonly gateOf: (botToken: string) => Gate;
}

/** Discord knows a nonce for "the past few minutes"; a request that it has not answered by then has landed or never will. */
const nonceSafeMs = 60_000;

/**
 * Create Message, one alert each, under a nonce that is the alert's own: a repeat brings the message that stands already.
 * When the nonce may be forgotten, the channel is read first. So an alert stands once, whatever is answered or lost.
 */
export class DiscordBot implements ChannelClient {
  readonly hasPlainText = true;
  readonly knowsRepeats = true;
  readonly secrets: readonly string[];
  readonly gate: Gate;
  readonly #url: string;
  readonly #authorization: string;
  readonly #clock: Clock;
  readonly #send: SendHttp<string | FormData>;

  constructor(
    { channelId, botToken }: DiscordBotSettings,
    { apiBase, send, clock, gateOf }: DiscordBotPorts,
  ) {
    this.secrets = [botToken];
    this.gate = gateOf(botToken);
    this.#url = `${apiBase}/channels/${channelId}/messages`;
    this.#authorization = `Bot ${botToken}`;
    this.#clock = clock;
    this.#send = send;
  }

  /** A nonce is one alert's: others in its message would be told again with another first. */
  fitting(): number {
    return 1;
  }

  async tell([alert]: Batch, { form, doubtedSince, signal }: Telling): Promise<Attempt> {
    const isForgotten = doubtedSince !== undefined && this.#clock.now() - doubtedSince > nonceSafeMs;
    const seen: Sighting = isForgotten ? await this.#find(alert, signal) : { kind: 'absent' };
    if (seen.kind === 'attempt') return seen.attempt;
    const isOnce = seen.kind === 'absent';
    const message = {
      ...bodyOf({ ...alert, possibleRepeat: !isOnce }, form),
      nonce: nonceOf(alert.notice.eventId, alert.channelId),
      enforce_nonce: true,
    };
    const body = withCharts(message, form === 'rich' ? [alert] : []);
    const { outcome, pauseMs } = await this.#request({ url: this.#url, method: 'POST', signal, body });
    const isSent = outcome.kind === 'sent';
    return { outcome: isSent ? { ...outcome, isOnce } : outcome, pauseMs };
  }

  async edit(messageId: string, alert: Delivery, { form, signal }: Telling): Promise<Attempt> {
    const { flags: _, ...changes } = bodyOf(alert, form); // an edit makes no sound
    const body = JSON.stringify(changes);
    return this.#request({ url: `${this.#url}/${messageId}`, method: 'PATCH', signal, body });
  }

  async #find(alert: Delivery, signal: AbortSignal): Promise<Sighting> {
    return findMessage(alert.notice, async (query) =>
      this.#ask({ url: `${this.#url}?${query}`, method: 'GET', signal }),
    );
  }

  async #request(request: Omit<HttpRequest<string | FormData>, 'headers'>): Promise<Required<Attempt>> {
    const result = await this.#ask(request);
    return { outcome: outcomeOf(result), pauseMs: pauseMsOf(result) };
  }

  async #ask(request: Omit<HttpRequest<string | FormData>, 'headers'>): Promise<HttpResult> {
    return this.#send({
      ...request,
      headers: { authorization: this.#authorization, 'user-agent': userAgent },
    });
  }
}

function bodyOf(alert: Delivery, form: Telling['form']) {
  return form === 'plain text' ? renderPlainText(alert) : renderMessage([alert]);
}
