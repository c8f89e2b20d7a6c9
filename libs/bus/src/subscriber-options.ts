import { topologyOf } from '@bellwether/contracts';
import { Duration } from '@google-cloud/pubsub';
import type { SubscriberOptions } from '@google-cloud/pubsub';
import type { Consumption } from './consumption.ts';

const defaultAckDeadlineSeconds = 10;
/** How long a handler may take before its message is leased no longer and goes to somebody else. */
const defaultLongestHandling = Duration.from({ minutes: 10 });

/** The largest topology there can be: names of shards have two digits. */
const specs = new Map(topologyOf(100).subscriptions.map((spec) => [spec.name, spec]));

/**
 * How the client pulls a subscription.
 *
 * Leases are those of the subscription's specification: the client would stretch them to its slowest handler, and
 * after a crash messages would take as long to come back. An acknowledged message frees its slot only when its batch is
 * sent: hence batches of 5 ms.
 */
export function subscriberOptionsOf(consumption: Consumption): SubscriberOptions {
  const { subscription, maxMessages = 1_000, maxBytes = 64 * 1024 * 1024, longestHandlingMs } = consumption;
  const ackDeadline = Duration.from({
    seconds: specs.get(subscription)?.ackDeadlineSeconds ?? defaultAckDeadlineSeconds,
  });
  return {
    minAckDeadline: ackDeadline,
    maxAckDeadline: ackDeadline,
    maxExtensionTime:
      longestHandlingMs === undefined
        ? defaultLongestHandling
        : Duration.from({ milliseconds: longestHandlingMs }),
    batching: { maxMilliseconds: 5 },
    flowControl: { maxMessages, maxBytes, allowExcessMessages: false },
    streamingOptions: { maxStreams: 1, retryMaxBackoff: Duration.from({ seconds: 5 }) },
    closeOptions: { behavior: 'WAIT', timeout: defaultLongestHandling },
  };
}

/** Lets go of what is still leased, without a nack: at the client's next renewal, within one ack deadline. */
export function withoutRenewal(options: SubscriberOptions): SubscriberOptions {
  return { ...options, maxExtensionTime: Duration.from({ milliseconds: 0 }) };
}
