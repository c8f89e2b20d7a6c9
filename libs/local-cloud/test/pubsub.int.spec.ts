import { cp } from 'node:fs/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Message, PubSub } from '@google-cloud/pubsub';
import { status } from '@grpc/grpc-js';
import { closeAll, publishAll, Service, subscriptionName, temporaryDirectory } from './pubsub-service.ts';

afterEach(closeAll);

describe('topics and subscriptions', () => {
  it('are created, found, listed and deleted', async () => {
    const { client } = await Service.start();
    const [topic] = await client.createTopic('prices');
    const [subscription] = await topic.createSubscription('reader', {
      ackDeadlineSeconds: 30,
      labels: { a: 'b' },
    });
    expect(await topic.exists()).toEqual([true]);
    expect((await subscription.getMetadata())[0]).toMatchObject({
      name: 'projects/p/subscriptions/reader',
      topic: 'projects/p/topics/prices',
      ackDeadlineSeconds: 30,
      labels: { a: 'b' },
    });
    expect((await client.getTopics())[0].map(({ name }) => name)).toEqual([topic.name]);
    expect((await client.getSubscriptions())[0].map(({ name }) => name)).toEqual([subscription.name]);
    expect((await topic.getSubscriptions())[0].map(({ name }) => name)).toEqual([subscription.name]);
    await subscription.setMetadata({ ackDeadlineSeconds: 60 });
    expect((await subscription.getMetadata())[0].ackDeadlineSeconds).toBe(60);
    await subscription.delete();
    await topic.delete();
    expect([await subscription.exists(), await topic.exists()]).toEqual([[false], [false]]);
  });

  it.each([
    ['a topic twice', (client: PubSub) => client.createTopic('prices'), status.ALREADY_EXISTS],
    [
      'a subscription to no topic',
      (client: PubSub) => client.createSubscription('none', 'reader'),
      status.NOT_FOUND,
    ],
    ['a message to no topic', (client: PubSub) => publishAll(client.topic('none'), ['x']), status.NOT_FOUND],
    [
      'an empty message',
      (client: PubSub) => publishAll(client.topic('prices'), ['']),
      status.INVALID_ARGUMENT,
    ],
    [
      'a snapshot of no subscription',
      (client: PubSub) => client.subscription('s').createSnapshot('snap'),
      status.NOT_FOUND,
    ],
  ])('refuse %s', async (_, attempt, code) => {
    const { client } = await Service.start();
    await client.createTopic('prices');
    await expect(attempt(client)).rejects.toMatchObject({ code });
  });
});

describe('delivery', () => {
  it('brings every message to every subscription, with its id, attributes and time, and meters it', async () => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const [one] = await topic.createSubscription(subscriptionName());
    const [two] = await topic.createSubscription(subscriptionName());
    const received: Message[] = [];
    const receivers = [one, two].map((subscription) => service.receive(subscription));
    for (const receiver of receivers) receiver.handle = (message) => (received.push(message), message.ack());
    const id = await topic.publishMessage({ data: Buffer.from('x'), attributes: { kind: 'tick' } });
    await Promise.all(receivers.map((receiver) => receiver.count(1)));
    expect(received.map((message) => [message.id, message.attributes])).toEqual([
      [id, { kind: 'tick' }],
      [id, { kind: 'tick' }],
    ]);
    expect(received[0]?.publishTime.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(service.meter.snapshot()).toMatchObject({
      'pubsub.publishedMessages': 1,
      'pubsub.deliveredMessages': 2,
    });
  });

  it('shares the messages of a subscription between its subscribers', async () => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const [subscription] = await topic.createSubscription(subscriptionName());
    const texts = Array.from({ length: 200 }, (_, index) => `message ${index}`);
    const all = new Set<string>();
    const done = Promise.withResolvers<void>();
    const receivers = [service.receive(subscription), service.receive(subscription)];
    for (const receiver of receivers) {
      receiver.handle = (message) => {
        message.ack();
        if (all.add(message.data.toString()).size === texts.length) done.resolve();
      };
    }
    await publishAll(topic, texts);
    await done.promise;
    expect([...all].toSorted()).toEqual(texts.toSorted());
    expect(receivers.flatMap((receiver) => receiver.texts)).toHaveLength(texts.length);
  });

  it('repeats a message that was nacked', async () => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const [subscription] = await topic.createSubscription(subscriptionName());
    const receiver = service.receive(subscription);
    receiver.handle = (message) => (receiver.texts.length < 3 ? message.nack() : message.ack());
    await publishAll(topic, ['x']);
    expect(await receiver.count(3)).toEqual(['x', 'x', 'x']);
  });

  it('repeats a message whose ack deadline has passed and ignores its late acknowledgement', async () => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const [{ name: subscription }] = await topic.createSubscription(subscriptionName());
    await publishAll(topic, ['x']);
    const first = await service.pull(subscription);
    service.advance(11);
    const second = await service.pull(subscription);
    await service.subscriber.acknowledge({ subscription, ackIds: first.ackIds });
    service.advance(11);
    const third = await service.pull(subscription);
    await service.subscriber.acknowledge({ subscription, ackIds: third.ackIds });
    service.advance(11);
    await publishAll(topic, ['y']);
    const fourth = await service.pull(subscription);
    expect([first, second, third, fourth].map(({ texts }) => texts)).toEqual([['x'], ['x'], ['x'], ['y']]);
  });

  it('keeps the order of each key, also when a message in the middle is nacked', async () => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const [subscription] = await topic.createSubscription(subscriptionName(), {
      enableMessageOrdering: true,
    });
    const ordered = service.client.topic(topic.name, { messageOrdering: true });
    const keys = ['a', 'b', 'c'];
    const nacked = new Set<string>();
    const acked = new Set<string>();
    const done = Promise.withResolvers<void>();
    const receiver = service.receive(subscription);
    receiver.handle = (message) => {
      const text = message.data.toString();
      if (text.endsWith('7') && !nacked.has(text)) {
        nacked.add(text);
        message.nack();
        return;
      }
      message.ack();
      if (acked.add(text).size === 150) done.resolve();
    };
    const messages = Array.from({ length: 50 }, (_, index) => keys.map((key) => ({ key, index }))).flat();
    await Promise.all(
      messages.map(({ key, index }) =>
        ordered.publishMessage({ data: Buffer.from(`${key}${index}`), orderingKey: key }),
      ),
    );
    await done.promise;
    for (const key of keys) {
      const numbers = receiver.texts
        .filter((text) => text.startsWith(key))
        .map((text) => Number(text.slice(1)));
      const skipped = numbers.filter((number, at) => number > (numbers[at - 1] ?? -1) + 1);
      expect(skipped).toEqual([]);
      expect(numbers.length).toBeGreaterThanOrEqual(55);
    }
  });

  it('forwards to the dead-letter topic what failed too often', async () => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const dead = await service.createTopic();
    const [deadSubscription] = await dead.createSubscription(subscriptionName());
    const name = subscriptionName();
    const deadLetterPolicy = { deadLetterTopic: dead.name, maxDeliveryAttempts: 5 };
    const [subscription] = await topic.createSubscription(name, { deadLetterPolicy });
    const attempts: number[] = [];
    const letters: Message[] = [];
    const receiver = service.receive(subscription);
    receiver.handle = (message) => (attempts.push(message.deliveryAttempt), message.nack());
    const undertaker = service.receive(deadSubscription);
    undertaker.handle = (message) => (letters.push(message), message.ack());
    await topic.publishMessage({ data: Buffer.from('poison'), attributes: { kind: 'bad' } });
    await undertaker.count(1);
    expect(attempts).toEqual([1, 2, 3, 4, 5]);
    expect(letters[0]?.attributes).toEqual({
      kind: 'bad',
      CloudPubSubDeadLetterSourceDeliveryCount: '5',
      CloudPubSubDeadLetterSourceSubscription: name,
      CloudPubSubDeadLetterSourceSubscriptionProject: 'p',
      CloudPubSubDeadLetterSourceTopicPublishTime: expect.stringMatching(/^20.*Z$/),
    });
  });

  it('respects the flow control of the client', async () => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const [subscription] = await topic.createSubscription(subscriptionName());
    const flowControl = { maxMessages: 2, allowExcessMessages: false };
    let inHand = 0;
    let most = 0;
    const receiver = service.receive(subscription, { flowControl, streamingOptions: { maxStreams: 1 } });
    receiver.handle = (message) => {
      most = Math.max(most, ++inHand);
      setImmediate(() => {
        inHand--;
        message.ack();
      });
    };
    await publishAll(
      topic,
      Array.from({ length: 20 }, (_, index) => `message ${index}`),
    );
    await receiver.count(20);
    expect(most).toBeLessThanOrEqual(2);
  });

  it('carries large messages', async () => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const [subscription] = await topic.createSubscription(subscriptionName());
    const receiver = service.receive(subscription);
    const sizes: number[] = [];
    receiver.handle = (message) => (sizes.push(message.length), message.ack());
    await Promise.all(
      [1, 2, 9].map((mebibytes) => topic.publishMessage({ data: Buffer.alloc(mebibytes * 2 ** 20, 1) })),
    );
    await receiver.count(3);
    expect(sizes.toSorted((a, b) => a - b)).toEqual([1, 2, 9].map((mebibytes) => mebibytes * 2 ** 20));
  });

  it('filters by attributes', async () => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const filter = 'attributes.kind = "tick" AND NOT hasPrefix(attributes.symbol, "X")';
    const [subscription] = await topic.createSubscription(subscriptionName(), { filter });
    const receiver = service.receive(subscription);
    const publish = (text: string, attributes: Record<string, string>): Promise<string> =>
      topic.publishMessage({ data: Buffer.from(text), attributes });
    await publish('other kind', { kind: 'mark', symbol: 'A' });
    await publish('excluded', { kind: 'tick', symbol: 'XYZ' });
    await publish('wanted', { kind: 'tick', symbol: 'ABC' });
    expect(await receiver.count(1)).toEqual(['wanted']);
  });

  it('ends the streams of a deleted subscription', async () => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const [subscription] = await topic.createSubscription(subscriptionName());
    const receiver = service.receive(subscription);
    await publishAll(topic, ['x']);
    await receiver.count(1);
    await Promise.all([
      expect(receiver.count(2)).rejects.toMatchObject({ code: status.NOT_FOUND }),
      subscription.delete(),
    ]);
  });

  it('forgets by seeking to now', async () => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const [subscription] = await topic.createSubscription(subscriptionName());
    await publishAll(topic, ['old']);
    const nextSecond = Math.ceil(Date.now() / 1000) * 1000; // the client sends fractions of a second wrongly
    service.advance(2);
    await subscription.seek(new Date(nextSecond));
    await publishAll(topic, ['new']);
    expect((await service.pull(subscription.name)).texts).toEqual(['new']);
  });
});

describe('with a data directory', () => {
  it('has everything again after a close', async () => {
    const dataDir = await temporaryDirectory();
    const before = await Service.start(dataDir);
    const topic = await before.createTopic();
    const [{ name: subscription }] = await topic.createSubscription(subscriptionName(), {
      filter: 'attributes:kept',
    });
    await topic.publishMessage({ data: Buffer.from('filtered') });
    const id = await topic.publishMessage({ data: Buffer.from('kept'), attributes: { kept: '' } });
    await before.client.close();
    await before.server.close();
    const after = await Service.start(dataDir);
    expect((await after.pull(subscription)).texts).toEqual(['kept']);
    const next = await after.client.topic(topic.name).publishMessage({ data: Buffer.from('x') });
    expect(Number(next)).toBeGreaterThan(Number(id));
  });

  it('loses nothing that was answered when it is killed', async () => {
    const dataDir = await temporaryDirectory();
    const before = await Service.start(dataDir);
    const topic = await before.createTopic();
    const [{ name: subscription }] = await topic.createSubscription(subscriptionName());
    const texts = Array.from({ length: 50 }, (_, index) => `message ${index}`);
    await publishAll(topic, texts);
    const { texts: delivered, ackIds } = await before.pull(subscription);
    await before.subscriber.acknowledge({ subscription, ackIds: ackIds.slice(0, 20) });
    const copy = await temporaryDirectory();
    await cp(dataDir, copy, { recursive: true });
    const after = await Service.start(copy);
    expect(delivered).toEqual(texts);
    expect((await after.pull(subscription)).texts).toEqual(texts.slice(20));
  });
});
