import type { Message } from '@google-cloud/pubsub';
import { commandAttributes, traceIdOf } from '@bellwether/contracts';

/** What a handler gets as its Nest payload (`@Payload()`). */
export interface Received {
  /** Pub/Sub's id: one publish, one id. A publisher's retry makes another. */
  readonly id: string;
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  /** When Pub/Sub took it: epoch milliseconds, with fraction. */
  readonly publishedAt: number;
  /** 1 for the first delivery; 0 when the subscription has no dead letter, where Pub/Sub does not count. */
  readonly deliveryAttempt: number;
}

export function receivedFrom(message: Message): Received {
  const { id, data, attributes, publishTime, deliveryAttempt } = message;
  const publishedAt =
    publishTime.getTime() + publishTime.getMicroseconds() / 1e3 + publishTime.getNanoseconds() / 1e6;
  return { id, data, attributes, publishedAt, deliveryAttempt };
}

/** The fields by which a line of the log is found again. */
export function logFieldsOf({ id, attributes, deliveryAttempt }: Received): Record<string, unknown> {
  return {
    traceId: traceIdOf(attributes[commandAttributes.traceparent]),
    account: attributes['account'],
    eventId: attributes['ce-id'],
    messageId: id,
    deliveryAttempt,
  };
}
