import type { DiscordWebhookSettings } from '@bellwether/contracts';
import * as z from 'zod';
import type { Attempt, Batch, ChannelClient, Telling } from '../channels/channel-client.ts';
import type { Gate } from '../channels/gate.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { userAgent } from '../discord/user-agent.ts';
import { outcomeOf } from '../discord/outcome.ts';
import { pauseMsOf } from '../discord/pacing.ts';
import type { HttpRequest, SendHttp } from '../http/send-http.ts';
import { withCharts } from '../messages/chart-files.ts';
import { fitting, renderMessage, renderPlainText } from '../messages/render-message.ts';

/** What is stored of a webhook of Discord, as strict as what becomes part of a URL has to be. */
export const DiscordWebhookFields = z.strictObject({
  kind: z.literal('discordWebhook'),
  webhookId: z.string().regex(/^\d{1,20}$/, 'must be the digits of a webhook'),
  webhookToken: z.string().regex(/^[\w-]{1,128}$/, 'must be the token of a webhook'),
});

export interface DiscordWebhookPorts {
  readonly apiBase: string;
  readonly send: SendHttp<string | FormData>;
  readonly gate: Gate;
}

/** Execute Webhook. It knows no earlier request, so what may have landed is repeated with a mark. */
export class DiscordWebhook implements ChannelClient {
  readonly hasPlainText = true;
  readonly knowsRepeats = false;
  readonly secrets: readonly string[];
  readonly gate: Gate;
  readonly #url: string;
  readonly #send: SendHttp<string | FormData>;

  constructor(
    { webhookId, webhookToken }: DiscordWebhookSettings,
    { apiBase, send, gate }: DiscordWebhookPorts,
  ) {
    this.secrets = [webhookToken];
    this.gate = gate;
    this.#url = `${apiBase}/webhooks/${webhookId}/${webhookToken}`;
    this.#send = send;
  }

  fitting(alerts: readonly Delivery[]): number {
    return fitting(alerts);
  }

  async tell(alerts: Batch, { form, signal }: Telling): Promise<Attempt> {
    const [first] = alerts;
    const isPlain = form === 'plain text';
    const message = isPlain ? renderPlainText(first) : renderMessage(alerts);
    const body = withCharts(message, isPlain ? [] : alerts);
    return this.#request({ url: `${this.#url}?wait=true`, method: 'POST', signal, body });
  }

  async edit(messageId: string, alert: Delivery, { form, signal }: Telling): Promise<Attempt> {
    const message = form === 'plain text' ? renderPlainText(alert) : renderMessage([alert]);
    const { flags: _, ...changes } = message; // an edit makes no sound
    const body = JSON.stringify(changes);
    return this.#request({ url: `${this.#url}/messages/${messageId}`, method: 'PATCH', signal, body });
  }

  async #request(request: Omit<HttpRequest<string | FormData>, 'headers'>): Promise<Attempt> {
    const result = await this.#send({ ...request, headers: { 'user-agent': userAgent } });
    return { outcome: outcomeOf(result), pauseMs: pauseMsOf(result) };
  }
}
