import { maxDeliveryAttempts } from '@bellwether/contracts';
import type { SubscriptionSpec, Topology } from '@bellwether/contracts';
import type { CreateSubscriptionOptions, PubSub } from '@google-cloud/pubsub';
import { codeOf, grpcStatus } from './grpc-status.ts';

const atOnce = 8;

/**
 * Creates the topics and subscriptions that are missing; what exists stays as it is. Any number of processes may
 * call it at the same time.
 *
 * On Google Cloud a dead letter also needs rights of Pub/Sub's service agent: publisher on the dead-letter topic,
 * subscriber on the subscription.
 */
export async function provisionTopology(pubsub: PubSub, topology: Topology): Promise<void> {
  await forEach(topology.topics, (topic) => unlessExists(() => pubsub.createTopic(topic)));
  await forEach(topology.subscriptions, (spec) =>
    unlessExists(() => pubsub.createSubscription(spec.topic, spec.name, optionsOf(pubsub, spec))),
  );
}

function optionsOf(pubsub: PubSub, spec: SubscriptionSpec): CreateSubscriptionOptions {
  const { ackDeadlineSeconds, deadLetterTopic } = spec;
  const neverExpires = { expirationPolicy: {} };
  if (deadLetterTopic === undefined) return { ackDeadlineSeconds, ...neverExpires };
  return {
    ackDeadlineSeconds,
    ...neverExpires,
    deadLetterPolicy: { deadLetterTopic: pubsub.topic(deadLetterTopic).name, maxDeliveryAttempts },
    retryPolicy: { minimumBackoff: { seconds: 1 }, maximumBackoff: { seconds: 60 } },
  };
}

async function unlessExists(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (codeOf(error) !== grpcStatus.alreadyExists) throw error;
  }
}

async function forEach<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values(); // shared: each worker takes the next
  const work = async () => {
    for (const item of waiting) await act(item);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
