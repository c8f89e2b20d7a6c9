import type { Received } from '@bellwether/bus';
import { commandAttributes, traceIdOf } from '@bellwether/contracts';
import type { Channel } from '../channels/channel.ts';
import { utc } from '../messages/wording.ts';
import type { Notice } from '../notices/notice.ts';

export interface NotifyDeadLetterPorts {
  readonly channelsOf: (tenant: string) => Promise<readonly Channel[]>;
  readonly deliver: (notice: Notice, channel: Channel, publishedAt: number) => Promise<void>;
  readonly operators: string;
}

/** Tells operators of a message that was delivered ten times and never processed. It waits in its dead-letter topic. */
export class NotifyDeadLetter {
  readonly #ports: NotifyDeadLetterPorts;

  constructor(ports: NotifyDeadLetterPorts) {
    this.#ports = ports;
  }

  async handle(message: Received): Promise<void> {
    const { channelsOf, deliver, operators } = this.#ports;
    const notice = deadLetterNotice(message, operators);
    const channels = await channelsOf(operators);
    await Promise.all(channels.map(async (channel) => deliver(notice, channel, message.publishedAt)));
  }
}

function deadLetterNotice({ id, attributes, publishedAt }: Received, operators: string): Notice {
  const subscription = attributes['CloudPubSubDeadLetterSourceSubscription'] ?? 'a subscription';
  const { 'ce-id': event = id, tenant, account, events } = attributes;
  const details = [
    ['Subscription', subscription],
    ['Message', event],
    ['Tenant', tenant],
    ['Account', account],
    ['Events', events],
    ['Attempts', attributes['CloudPubSubDeadLetterSourceDeliveryCount']],
    ['Published', utc(Math.floor(publishedAt))],
  ] as const;
  return {
    eventId: `dead:${subscription}:${id}`,
    tenant: operators,
    uid: '',
    accountId: '',
    seq: 0,
    traceId: traceIdOf(attributes[commandAttributes.traceparent]) ?? '',
    committedAt: publishedAt,
    event: {
      type: 'Told',
      of: 'MessageDead',
      subjectId: subscription,
      severity: 'critical',
      headline: `A message of ${subscription} cannot be processed: ${event}`,
      details: details.flatMap(([name, value]) => (value === undefined ? [] : { name, value })),
    },
  };
}
