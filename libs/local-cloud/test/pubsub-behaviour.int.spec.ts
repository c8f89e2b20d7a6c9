import { v1 } from '@google-cloud/pubsub';
import type { CreateSubscriptionOptions, Message } from '@google-cloud/pubsub';
import { credentials, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanups, closeAll, publishAll, Service, subscriptionName } from './pubsub-service.ts';

afterEach(closeAll);

function publisherOf({ server }: Service): v1.PublisherClient {
  const sslCreds = credentials.createInsecure();
  const publisher = new v1.PublisherClient({ servicePath: '127.0.0.1', port: server.port, sslCreds });
  cleanups.push(() => publisher.close());
  return publisher;
}

const text = (length: number): string => 'x'.repeat(length);
const mebibyte = 1024 * 1024;
const attributes = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, '']));
const many = (count: number): object[] => Array.from({ length: count }, () => ({ data: Buffer.from('x') }));

function seconds(count: number): { seconds: number } {
  return { seconds: count };
}

function deadLetters(maxDeliveryAttempts: number): Options {
  return (deadLetterTopic) => ({ deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts } });
}

async function startOrdered() {
  const service = await Service.start();
  const { name } = await service.createTopic();
  const topic = service.client.topic(name, { messageOrdering: true });
  const [subscription] = await topic.createSubscription(subscriptionName(), {
    enableMessageOrdering: true,
  });
  const publish = (orderingKey: string, data: string) =>
    topic.publishMessage({ data: Buffer.from(data), orderingKey });
  return { service, subscription, publish };
}

describe('the limits of a publish request', () => {
  it.each<[about: string, fits: object[], breaks: object[]]>([
    ['10 MiB', [{ data: Buffer.alloc(10 * mebibyte - 64) }], [{ data: Buffer.alloc(10 * mebibyte) }]],
    ['1,000 messages', many(1000), many(1001)],
    ['at least one message', many(1), []],
    ['data or an attribute', [{ attributes: attributes(1) }], [{ orderingKey: 'k' }]],
    ['100 attributes', [{ attributes: attributes(100) }], [{ attributes: attributes(101) }]],
    [
      '256 bytes of an attribute key',
      [{ attributes: { [text(256)]: '' } }],
      [{ attributes: { [text(257)]: '' } }],
    ],
    [
      '1,024 bytes of an attribute value',
      [{ attributes: { a: text(1024) } }],
      [{ attributes: { a: text(1025) } }],
    ],
    [
      'bytes, not characters',
      [{ attributes: { a: 'ü'.repeat(512) } }],
      [{ attributes: { a: 'ü'.repeat(513) } }],
    ],
    [
      '1 KiB of an ordering key',
      [{ data: Buffer.from('x'), orderingKey: text(1024) }],
      [{ data: Buffer.from('x'), orderingKey: text(1025) }],
    ],
    [
      'one ordering key',
      [
        { data: Buffer.from('x'), orderingKey: 'a' },
        { data: Buffer.from('x'), orderingKey: 'a' },
      ],
      [
        { data: Buffer.from('x'), orderingKey: 'a' },
        { data: Buffer.from('x'), orderingKey: 'b' },
      ],
    ],
  ])('%s', async (_, fits, breaks) => {
    const service = await Service.start();
    const { name: topic } = await service.createTopic();
    const publisher = publisherOf(service);
    const [{ messageIds }] = await publisher.publish({ topic, messages: fits });
    expect(messageIds).toHaveLength(fits.length);
    await expect(publisher.publish({ topic, messages: breaks })).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
  });
});

describe('the limits of a subscription', () => {
  it.each<[about: string, fit: Options, short: Options, long: Options]>([
    [
      'an ack deadline of 10 to 600 s',
      { ackDeadlineSeconds: 10 },
      { ackDeadlineSeconds: 9 },
      { ackDeadlineSeconds: 601 },
    ],
    ['up to 600 s', { ackDeadlineSeconds: 600 }, { ackDeadlineSeconds: -1 }, { ackDeadlineSeconds: 6000 }],
    [
      'retention of 10 min to 31 days',
      { messageRetentionDuration: seconds(600) },
      { messageRetentionDuration: seconds(599) },
      { messageRetentionDuration: seconds(31 * 86_400 + 1) },
    ],
    ['5 to 100 delivery attempts', deadLetters(5), deadLetters(4), deadLetters(101)],
    [
      'a back-off of 0 to 600 s',
      { retryPolicy: { minimumBackoff: seconds(0), maximumBackoff: seconds(600) } },
      { retryPolicy: { minimumBackoff: seconds(20), maximumBackoff: seconds(10) } },
      { retryPolicy: { maximumBackoff: seconds(601) } },
    ],
    [
      'at least a day without use',
      { expirationPolicy: { ttl: seconds(86_400) } },
      { expirationPolicy: { ttl: seconds(86_399) } },
      { expirationPolicy: { ttl: seconds(0) } },
    ],
  ])('%s', async (_, fit, short, long) => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const subscribe = (options: Options) =>
      topic.createSubscription(
        subscriptionName(),
        typeof options === 'function' ? options(topic.name) : options,
      );
    await expect(subscribe(fit)).resolves.toBeDefined();
    await expect(subscribe(short)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(subscribe(long)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });
});

type Options = CreateSubscriptionOptions | ((topic: string) => CreateSubscriptionOptions);

describe('of several things wrong, the error', () => {
  it.each<[about: string, fails: (service: Service, existing: string) => Promise<unknown>, code: status]>([
    [
      'names a bad name before a missing topic',
      ({ client }) => client.topic('none').createSubscription('goog-x'),
      status.INVALID_ARGUMENT,
    ],
    [
      'names a bad setting before a missing topic',
      ({ client }) => client.topic('none').createSubscription('fine', { ackDeadlineSeconds: 1 }),
      status.INVALID_ARGUMENT,
    ],
    [
      'says that it exists before that the topic is missing',
      ({ client }, existing) => client.topic('none').createSubscription(existing),
      status.ALREADY_EXISTS,
    ],
    [
      'says that the topic is missing before what is wrong with a message',
      (service) => publisherOf(service).publish({ topic: 'projects/p/topics/none', messages: [] }),
      status.NOT_FOUND,
    ],
    [
      'says that the subscription is missing before what is wrong with an ack deadline',
      ({ subscriber }) =>
        subscriber.modifyAckDeadline({
          subscription: 'projects/p/subscriptions/none',
          ackIds: ['x'],
          ackDeadlineSeconds: 601,
        }),
      status.NOT_FOUND,
    ],
  ])('%s', async (_, fails, code) => {
    const service = await Service.start();
    const existing = subscriptionName();
    await (await service.createTopic()).createSubscription(existing);
    await expect(fails(service, existing)).rejects.toMatchObject({ code });
  });
});

describe('an ordered subscription', () => {
  it('brings back a nacked message and all later ones of its key, acknowledged or not, and no other key', async () => {
    const { service, subscription, publish } = await startOrdered();
    const receiver = service.receive(subscription);
    let isNacked = false;
    receiver.handle = (message) => {
      const isSecond = message.data.toString() === 'a2';
      if (!isSecond || isNacked) {
        message.ack();
        return;
      }
      isNacked = true;
      setTimeout(() => message.nack(), 50); // when the later ones have been delivered
    };
    await Promise.all([publish('a', 'a1'), publish('a', 'a2'), publish('a', 'a3'), publish('b', 'b1')]);
    const texts = await receiver.count(6);
    expect(texts.filter((one) => one.startsWith('a'))).toEqual(['a1', 'a2', 'a3', 'a2', 'a3']);
    expect(texts.filter((one) => one.startsWith('b'))).toEqual(['b1']);
  });

  it('gives all messages of a key to the same of two subscribers while any is outstanding', async () => {
    const { service, subscription, publish } = await startOrdered();
    const receivers = [service.receive(subscription), service.receive(subscription)];
    const held: Message[] = [];
    for (const receiver of receivers) receiver.handle = (message) => void held.push(message);
    const keys = ['a', 'b', 'c', 'd'];
    await Promise.all(keys.map((key) => publish(key, `${key}1`)));
    while (held.length < 4) await new Promise((resolve) => setTimeout(resolve, 10));
    await Promise.all(keys.map((key) => publish(key, `${key}2`)));
    while (held.length < 8) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const key of keys) {
      const takers = receivers.filter(({ texts }) => texts.some((one) => one.startsWith(key)));
      expect(takers).toHaveLength(1);
    }
    for (const message of held) message.ack();
  });
});

describe('redelivery', () => {
  it('waits for the back-off of the retry policy', async () => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const backoff = { seconds: 60 };
    const [subscription] = await topic.createSubscription(subscriptionName(), {
      retryPolicy: { minimumBackoff: backoff, maximumBackoff: backoff },
    });
    await publishAll(topic, ['a']);
    const { ackIds } = await service.pull(subscription.name);
    const request = { subscription: subscription.name, maxMessages: 1, returnImmediately: true };
    await service.subscriber.modifyAckDeadline({ ...request, ackIds, ackDeadlineSeconds: 0 });
    const [early] = await service.subscriber.pull(request);
    expect(early.receivedMessages).toEqual([]);
    service.advance(61);
    expect((await service.pull(subscription.name)).texts).toEqual(['a']);
  });

  it('makes the ack id of an expired lease worthless where delivery is exactly once', async () => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const [{ name: subscription }] = await topic.createSubscription(subscriptionName(), {
      enableExactlyOnceDelivery: true,
    });
    await publishAll(topic, ['a']);
    const first = await service.pull(subscription);
    service.advance(11);
    const second = await service.pull(subscription);
    await expect(
      service.subscriber.acknowledge({ subscription, ackIds: first.ackIds }),
    ).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(
      service.subscriber.acknowledge({ subscription, ackIds: second.ackIds }),
    ).resolves.toBeDefined();
  });
});
