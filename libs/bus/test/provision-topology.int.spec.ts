import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { subscriptions, topics, topologyOf } from '@bellwether/contracts';
import { type CreatedTopology, connectPubSub, provisionTopology } from '../src/index.ts';
import { startTestPubSub } from './start-pubsub.ts';
import type { TestPubSub } from './start-pubsub.ts';

describe('provisionTopology', () => {
  const topology = topologyOf(2);
  let cloud: TestPubSub;
  let created: readonly CreatedTopology[];

  beforeAll(async () => {
    cloud = await startTestPubSub();
    const other = connectPubSub(cloud.environment);
    created = await Promise.all([
      provisionTopology(cloud.pubsub, topology),
      provisionTopology(other, topology),
    ]);
    await other.close();
  });
  afterAll(() => cloud.close());

  const metadataOf = async (name: string) => (await cloud.pubsub.subscription(name).getMetadata())[0];

  it('creates every topic and subscription, any number of times', async () => {
    const [foundTopics] = await cloud.pubsub.getTopics();
    const [foundSubscriptions] = await cloud.pubsub.getSubscriptions();
    expect(namesOf(foundTopics)).toEqual(new Set(topology.topics));
    expect(namesOf(foundSubscriptions)).toEqual(new Set(topology.subscriptions.map(({ name }) => name)));
  });

  it('tells whoever created each, and of nothing that was there', async () => {
    const names = created.flatMap(({ topics: made, subscriptions: listening }) => [...made, ...listening]);
    const all = [...topology.topics, ...topology.subscriptions.map(({ name }) => name)];
    expect(names.toSorted()).toEqual(all.toSorted());
    expect(await provisionTopology(cloud.pubsub, topology)).toEqual({ topics: [], subscriptions: [] });
  });

  it('retries frames at once and for ever', async () => {
    expect(await metadataOf(subscriptions.executorTicks(0))).toMatchObject({
      topic: cloud.pubsub.topic(topics.ticks(0)).name,
      ackDeadlineSeconds: 10,
      deadLetterPolicy: null,
      retryPolicy: null,
      expirationPolicy: { ttl: null },
    });
  });

  it('gives up on other messages after ten deliveries, with growing pauses', async () => {
    expect(await metadataOf(subscriptions.ledgerEvents)).toMatchObject({
      topic: cloud.pubsub.topic(topics.events).name,
      ackDeadlineSeconds: 20,
      deadLetterPolicy: {
        deadLetterTopic: cloud.pubsub.topic('ledger.events.dead').name,
        maxDeliveryAttempts: 10,
      },
      retryPolicy: { minimumBackoff: { seconds: '1' }, maximumBackoff: { seconds: '60' } },
      expirationPolicy: { ttl: null },
    });
  });
});

function namesOf(resources: readonly { name: string }[]): Set<string | undefined> {
  return new Set(resources.map(({ name }) => name.split('/').at(-1)));
}
