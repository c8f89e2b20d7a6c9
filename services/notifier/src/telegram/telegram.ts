import type { TelegramSettings } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import * as z from 'zod';
import type { Attempt, ChannelClient, Telling } from '../channels/channel-client.ts';
import { openGate } from '../channels/gate.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import type { HttpResult, SendHttp } from '../http/send-http.ts';
import { outcomeOf, outcomeOfEdit } from './outcome.ts';
import { fitting, htmlOf, plainTextOf } from './telegram-text.ts';

/** What is stored of a chat that a bot of Telegram writes to, as strict as what becomes part of a URL has to be. */
export const TelegramFields = z.strictObject({
  kind: z.literal('telegram'),
  botToken: z.string().regex(/^\d{1,20}:[\w-]{20,100}$/, 'must be the token of a bot, like 123456:ABC...'),
  chatId: z.string().regex(/^(?:-?\d{1,20}|@\w{5,32})$/, 'must be the number of a chat, or @ and its name'),
});

export interface TelegramPorts {
  /** Without a slash at its end. */
  readonly apiBase: string;
  readonly send: SendHttp;
  readonly clock: Clock;
}

/** What Telegram allows in one chat: a message a second. */
const paceMs = 1_000;

/** Bot API, sendMessage. It knows no earlier request, so what may have landed is repeated with a mark. */
export class Telegram implements ChannelClient {
  readonly hasPlainText = true;
  readonly secrets: readonly string[];
  readonly gate = openGate;
  readonly #settings: TelegramSettings;
  readonly #ports: TelegramPorts;

  constructor(settings: TelegramSettings, ports: TelegramPorts) {
    const [, key = ''] = settings.botToken.split(':');
    this.secrets = [settings.botToken, key];
    this.#settings = settings;
    this.#ports = ports;
  }

  fitting(alerts: readonly Delivery[]): number {
    return fitting(alerts);
  }

  async tell(alerts: readonly Delivery[], { form, signal }: Telling): Promise<Attempt> {
    const isSilent = alerts.every((alert) => alert.isSilent === true);
    const message = { ...textOf(alerts, form), ...(isSilent ? { disable_notification: true } : {}) };
    const result = await this.#call('sendMessage', message, signal);
    return { outcome: outcomeOf(result, this.#ports.clock.now()), pauseMs: paceMs };
  }

  async edit(messageId: string, alert: Delivery, { form, signal }: Telling): Promise<Attempt> {
    const message = { ...textOf([alert], form), message_id: Number(messageId) };
    const result = await this.#call('editMessageText', message, signal);
    return { outcome: outcomeOfEdit(result, messageId, this.#ports.clock.now()), pauseMs: paceMs };
  }

  async #call(method: string, message: object, signal: AbortSignal): Promise<HttpResult> {
    const { apiBase, send } = this.#ports;
    const { botToken, chatId } = this.#settings;
    const url = `${apiBase}/bot${botToken}/${method}`;
    const body = JSON.stringify({
      chat_id: chatId,
      ...message,
      link_preview_options: { is_disabled: true },
    });
    return send({ url, method: 'POST', body, signal });
  }
}

function textOf(alerts: readonly Delivery[], form: Telling['form']) {
  return form === 'rich'
    ? ({ text: htmlOf(alerts), parse_mode: 'HTML' } as const)
    : { text: plainTextOf(alerts) };
}
