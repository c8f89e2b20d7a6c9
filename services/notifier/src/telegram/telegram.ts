import type { TelegramSettings } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import * as z from 'zod';
import type { Attempt, Batch, ChannelClient, Telling } from '../channels/channel-client.ts';
import { openGate } from '../channels/gate.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import type { HttpResult, SendHttp } from '../http/send-http.ts';
import { type ChartFile, blobOf, chartsOf } from '../messages/chart-files.ts';
import { outcomeOf, outcomeOfEdit } from './outcome.ts';
import { captionOf, fitting, htmlOf, plainTextOf } from './telegram-text.ts';

/** What is stored of a chat that a bot of Telegram writes to, as strict as what becomes part of a URL has to be. */
export const TelegramFields = z.strictObject({
  kind: z.literal('telegram'),
  botToken: z.string().regex(/^\d{1,20}:[\w-]{20,100}$/, 'must be the token of a bot, like 123456:ABC...'),
  chatId: z.string().regex(/^(?:-?\d{1,20}|@\w{5,32})$/, 'must be the number of a chat, or @ and its name'),
});

export interface TelegramPorts {
  /** Without a slash at its end. */
  readonly apiBase: string;
  readonly send: SendHttp<string | FormData>;
  readonly clock: Clock;
}

/** What Telegram allows in one chat: a message a second. */
const paceMs = 1_000;

/** Bot API, sendMessage. It knows no earlier request, so what may have landed is repeated with a mark. */
export class Telegram implements ChannelClient {
  readonly hasPlainText = true;
  readonly knowsRepeats = false;
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

  async tell(alerts: Batch, { form, signal }: Telling): Promise<Attempt> {
    const isSilent = alerts.every((alert) => alert.isSilent === true);
    const sound = isSilent ? { disable_notification: true } : {};
    const [alert] = alerts;
    const [chart] = form === 'rich' ? chartsOf(alerts) : [];
    const result =
      chart === undefined
        ? await this.#call('sendMessage', { ...textOf(alerts, form), ...sound }, signal)
        : await this.#photo(alert, chart, sound, signal);
    return { outcome: outcomeOf(result, this.#ports.clock.now()), pauseMs: paceMs };
  }

  async edit(messageId: string, alert: Delivery, { form, signal }: Telling): Promise<Attempt> {
    const message = { ...textOf([alert], form), message_id: Number(messageId) };
    const result = await this.#call('editMessageText', message, signal);
    return { outcome: outcomeOfEdit(result, messageId, this.#ports.clock.now()), pauseMs: paceMs };
  }

  async #call(method: string, message: object, signal: AbortSignal): Promise<HttpResult> {
    const body = JSON.stringify({
      chat_id: this.#settings.chatId,
      ...message,
      link_preview_options: { is_disabled: true },
    });
    return this.#post(method, body, signal);
  }

  async #photo(
    alert: Delivery,
    chart: ChartFile,
    sound: { readonly disable_notification?: boolean },
    signal: AbortSignal,
  ): Promise<HttpResult> {
    const form = new FormData();
    form.set('chat_id', this.#settings.chatId);
    form.set('caption', captionOf(alert));
    form.set('parse_mode', 'HTML');
    if (sound.disable_notification === true) form.set('disable_notification', 'true');
    form.set('photo', blobOf(chart), chart.name);
    return this.#post('sendPhoto', form, signal);
  }

  async #post(method: string, body: string | FormData, signal: AbortSignal): Promise<HttpResult> {
    const { apiBase, send } = this.#ports;
    return send({ url: `${apiBase}/bot${this.#settings.botToken}/${method}`, method: 'POST', body, signal });
  }
}

function textOf(alerts: readonly Delivery[], form: Telling['form']) {
  return form === 'rich'
    ? ({ text: htmlOf(alerts), parse_mode: 'HTML' } as const)
    : { text: plainTextOf(alerts) };
}
