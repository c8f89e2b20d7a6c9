import { maxDeliveryAttempts } from '@bellwether/contracts';
import type { SubscriptionSpec, Topology } from '@bellwether/contracts';
import type { CreateSubscriptionOptions, PubSub } from '@google-cloud/pubsub';
import { codeOf, grpcStatus } from './grpc-status.ts';

/** By name, sorted: what was not there. */
export interface CreatedTopology {
  readonly topics: readonly string[];
  readonly subscriptions: readonly string[];
}

const atOnce = 8;

/**
 * Creates the topics and subscriptions that are missing; what exists stays as it is. Any number of processes may
 * call it at the same time.
 *
 * On Google Cloud a dead letter also needs rights of Pub/Sub's service agent: publisher on the dead-letter topic,
 * subscriber on the subscription.
 */
export async function provisionTopology(pubsub: PubSub, topology: Topology): Promise<CreatedTopology> {
  const topics: string[] = [];
  await forEach(topology.topics, async (topic) => {
    if (await isCreated(async () => pubsub.createTopic(topic))) topics.push(topic);
  });
  const subscriptions: string[] = [];
  await forEach(topology.subscriptions, async (spec) => {
    const create = async () => pubsub.createSubscription(spec.topic, spec.name, optionsOf(pubsub, spec));
    if (await isCreated(create)) subscriptions.push(spec.name);
  });
  return { topics: topics.toSorted(), subscriptions: subscriptions.toSorted() };
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

/** False where it was there. */
async function isCreated(create: () => Promise<unknown>): Promise<boolean> {
  try {
    await create();
    return true;
  } catch (error) {
    if (codeOf(error) !== grpcStatus.alreadyExists) throw error;
    return false;
  }
}

async function forEach<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values(); // shared: each worker takes the next
  const work = async () => {
    for (const item of waiting) await act(item);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
