import type { SlackSettings } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import * as z from 'zod';
import type { Attempt, Batch, ChannelClient, Telling } from '../channels/channel-client.ts';
import { openGate } from '../channels/gate.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import type { SendHttp } from '../http/send-http.ts';
import { outcomeOf } from './outcome.ts';
import { mostAlerts, plainMessageOf, slackMessageOf } from './slack-message.ts';

/** What is stored of an incoming webhook of Slack, but for its URL's rules, which depend on where it runs. */
export const SlackFields = z.strictObject({ kind: z.literal('slack'), url: z.string() });

export interface SlackPorts {
  /** To public addresses alone. */
  readonly send: SendHttp;
  readonly clock: Clock;
}

/** What Slack allows an incoming webhook: a message a second. */
const paceMs = 1_000;

/** An incoming webhook of Slack, or of what speaks as it does. It knows no earlier request, and its messages stay as they are. */
export class Slack implements ChannelClient {
  readonly hasPlainText = true;
  readonly knowsRepeats = false;
  readonly secrets: readonly string[];
  readonly gate = openGate;
  readonly #url: string;
  readonly #ports: SlackPorts;

  constructor({ url }: SlackSettings, ports: SlackPorts) {
    this.secrets = [url, new URL(url).pathname.slice(1)];
    this.#url = url;
    this.#ports = ports;
  }

  fitting(alerts: readonly Delivery[]): number {
    return Math.min(alerts.length, mostAlerts);
  }

  async tell(alerts: Batch, { form, signal }: Telling): Promise<Attempt> {
    const { send, clock } = this.#ports;
    const message = form === 'rich' ? slackMessageOf(alerts) : plainMessageOf(alerts);
    const result = await send({ url: this.#url, method: 'POST', body: JSON.stringify(message), signal });
    const messageId = alerts[0].notice.eventId;
    return { outcome: outcomeOf(result, { messageId, now: clock.now() }), pauseMs: paceMs };
  }
}
