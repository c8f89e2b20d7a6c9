import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { toMicros, v1 } from '../wire.ts';
import type { Delivered } from '../wire.ts';

export interface PushRequest {
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** What a push endpoint is sent: the message in production's JSON wrapper or, with `no_wrapper`, its data alone. */
export function pushRequest(
  { name, pushConfig }: google.pubsub.v1.ISubscription,
  { wire, attempt }: Delivered,
): PushRequest {
  const { data, attributes, messageId, orderingKey, publishTime: time } = v1.PubsubMessage.decode(wire);
  const publishTime = new Date(toMicros(time) / 1000).toISOString();
  const subscription = name ?? '';
  if (pushConfig?.noWrapper) {
    const metadata = {
      'x-goog-pubsub-subscription-name': subscription,
      'x-goog-pubsub-message-id': messageId,
      'x-goog-pubsub-publish-time': publishTime,
      ...(orderingKey === '' ? {} : { 'x-goog-pubsub-ordering-key': orderingKey }),
      ...attributes,
    };
    return {
      headers: pushConfig.noWrapper.writeMetadata ? metadata : {},
      body: Uint8Array.from(Buffer.from(data)),
    };
  }
  const message = {
    ...(data.length > 0 ? { data: Buffer.from(data).toString('base64') } : {}),
    attributes,
    messageId,
    message_id: messageId,
    publishTime,
    publish_time: publishTime,
    ...(orderingKey === '' ? {} : { orderingKey }),
  };
  const deliveryAttempt = attempt > 0 ? { deliveryAttempt: attempt } : {};
  return {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message, subscription, ...deliveryAttempt }),
  };
}
