import type { WebhookSettings } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import * as z from 'zod';
import type { Attempt, Batch, ChannelClient, Telling } from '../channels/channel-client.ts';
import { openGate } from '../channels/gate.ts';
import type { SendHttp } from '../http/send-http.ts';
import { outcomeOf } from './outcome.ts';
import { payloadOf } from './payload.ts';
import { SigningSecret, signatureOf } from './signature.ts';

/** How many secrets may be in use while one takes the place of another. */
export const mostSecrets = 3;

/** What is stored of a webhook, but for its URL, whose rules depend on where it runs. */
export const WebhookFields = z.strictObject({
  kind: z.literal('webhook'),
  url: z.string(),
  secrets: z.array(SigningSecret).min(1).max(mostSecrets),
});

export interface WebhookPorts {
  /** To public addresses alone. */
  readonly send: SendHttp;
  readonly clock: Clock;
}

/**
 * A signed webhook by the rules of Standard Webhooks, one alert each. Its id is the event's, the same in every repeat, so that
 * a receiver can tell one.
 */
export class Webhook implements ChannelClient {
  readonly hasPlainText = false;
  readonly knowsRepeats = true;
  readonly secrets: readonly string[];
  readonly gate = openGate;
  readonly #settings: WebhookSettings;
  readonly #ports: WebhookPorts;

  constructor(settings: WebhookSettings, ports: WebhookPorts) {
    this.secrets = [settings.url, ...settings.secrets];
    this.#settings = settings;
    this.#ports = ports;
  }

  fitting(): number {
    return 1;
  }

  async tell([alert]: Batch, { signal }: Telling): Promise<Attempt> {
    const { url, secrets } = this.#settings;
    const { send, clock } = this.#ports;
    const id = headerText(alert.notice.eventId);
    const timestamp = Math.floor(clock.now() / 1_000);
    const body = JSON.stringify(payloadOf(alert));
    const result = await send({
      url,
      method: 'POST',
      headers: {
        'user-agent': 'bellwether/0.1.0',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': secrets.map((secret) => signatureOf(secret, { id, timestamp, body })).join(' '),
      },
      body,
      signal,
    });
    return { outcome: outcomeOf(result, { messageId: id, now: clock.now() }) };
  }
}

/** Headers take ASCII alone. */
function headerText(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character.toWellFormed()));
}
