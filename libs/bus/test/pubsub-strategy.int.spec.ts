import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '@bellwether/observability';
import type { Message } from '@google-cloud/pubsub';
import { Controller, Module } from '@nestjs/common';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { of, throwError } from 'rxjs';
import { PoisonError, PubSubStrategy, ThrowUnchanged, Underway, openPublisher } from '../src/index.ts';
import type { Consumption, PubSubStrategyOptions, Publisher, Received } from '../src/index.ts';
import { Inbox } from './inbox.ts';
import { startTestPubSub } from './start-pubsub.ts';
import type { TestPubSub } from './start-pubsub.ts';

type Handler = (message: Received) => unknown;

describe('PubSubStrategy', () => {
  let cloud: TestPubSub;
  let topic: string;
  let publisher: Publisher;
  let apps: INestMicroservice[];
  let tests = 0;

  beforeAll(async () => {
    cloud = await startTestPubSub();
  });
  afterAll(() => cloud.close());

  beforeEach(async () => {
    apps = [];
    topic = `topic-${(tests += 1)}`;
    await cloud.pubsub.createTopic(topic);
    await cloud.pubsub.createSubscription(topic, topic);
    publisher = openPublisher(cloud.pubsub, topic, { maxMessages: 1, maxMilliseconds: 0 });
  });
  afterEach(() => Promise.all(apps.map((app) => app.close())));

  const publish = (text: string, attributes: Record<string, string> = {}) =>
    publisher.publish(Buffer.from(text), attributes);

  async function start(
    handler: Handler,
    consumption: Partial<Consumption> = {},
    options: Partial<PubSubStrategyOptions> = {},
  ) {
    const strategy = new PubSubStrategy({
      pubsub: cloud.pubsub,
      consumptions: [{ subscription: topic, pattern: 'work', ...consumption }],
      logger: createLogger({ service: 'test', level: 'silent' }),
      ...options,
    });
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(moduleOf(handler), {
      strategy,
      logger: false,
      abortOnError: false,
    });
    app.useGlobalFilters(new ThrowUnchanged());
    await app.listen();
    apps.push(app);
    return { strategy, app };
  }

  it('hands over the message as it was published', async () => {
    const inbox = new Inbox<Received>();
    await start((message) => inbox.put(message));
    const id = await publish('hello', { account: 'ada.main' });
    const message = await inbox.next();
    expect(message).toMatchObject({ id, attributes: { account: 'ada.main' }, deliveryAttempt: 0 });
    expect(Buffer.from(message.data).toString()).toBe('hello');
    expect(Math.abs(message.publishedAt - Date.now())).toBeLessThan(60_000);
  });

  it('acknowledges what is underway when it is done, and refuses what fails then', async () => {
    const inbox = new Inbox<string>();
    const begun = Promise.withResolvers<void>();
    const { app } = await start((message) => {
      inbox.put(textOf(message));
      return new Underway(begun.promise);
    });
    await publish('later');
    expect(await inbox.next()).toBe('later');
    begun.reject(new Error('not yet'));
    expect(await inbox.next()).toBe('later');
    await app.close();
    const again = Promise.withResolvers<void>();
    const { app: second } = await start((message) => {
      inbox.put(textOf(message));
      return new Underway(again.promise);
    });
    expect(await inbox.next()).toBe('later');
    again.resolve();
    await second.close();
    await start((message) => inbox.put(textOf(message)));
    await publish('last');
    expect(await inbox.next()).toBe('last');
  });

  it('quarantines what turns out to be poison while it is underway', async () => {
    const kept = new Inbox<string>();
    await start(
      () => new Underway(Promise.reject(new PoisonError('no frame'))),
      {},
      {
        quarantine: async (_, message, reason) => kept.put(`${textOf(message)}: ${reason}`),
      },
    );
    await publish('noise');
    expect(await kept.next()).toBe('noise: no frame');
  });

  it('acknowledges what the handler finished, before the transport has closed', async () => {
    const inbox = new Inbox<string>();
    const { app } = await start((message) => inbox.put(textOf(message)));
    await publish('once');
    await inbox.next();
    await app.close();
    await start((message) => inbox.put(textOf(message)));
    await publish('next');
    expect(await inbox.next()).toBe('next');
  });

  it('does not acknowledge before the promise of the handler resolves', async () => {
    const first = Promise.withResolvers<void>();
    const inbox = new Inbox<string>();
    await start(
      (message) => {
        inbox.put(textOf(message));
        return first.promise;
      },
      { maxMessages: 1 },
    );
    await publish('1');
    await publish('2');
    expect(await inbox.next()).toBe('1');
    expect(inbox.size).toBe(0); // its slot is taken until it is acknowledged
    first.resolve();
    expect(await inbox.next()).toBe('2');
  });

  it.each<[string, Handler]>([
    ['throws', () => fail()],
    ['rejects', () => Promise.reject(new Error('contention'))],
    ['answers an observable that fails', () => throwError(() => new Error('contention'))],
  ])('delivers again what the handler %s at', async (_, failing) => {
    const inbox = new Inbox<string>();
    let attempts = 0;
    await start((message) => {
      inbox.put(textOf(message));
      attempts += 1;
      return attempts === 1 ? failing(message) : of('done');
    });
    await publish('again');
    expect(await inbox.take(2)).toEqual(['again', 'again']);
  });

  it('quarantines poison with its reason and acknowledges it', async () => {
    const kept = new Inbox<unknown>();
    const handled = new Inbox<string>();
    const { app } = await start(
      (message) => {
        handled.put(textOf(message));
        if (textOf(message) === 'poison') throw new PoisonError('no JSON');
      },
      {},
      { quarantine: async (consumer, { id }, reason) => kept.put({ consumer, id, reason }) },
    );
    const id = await publish('poison');
    expect(await kept.next()).toEqual({ consumer: topic, id, reason: 'no JSON' });
    await app.close();
    await start((message) => handled.put(textOf(message)));
    await publish('good');
    expect(await handled.take(2)).toEqual(['poison', 'good']);
  });

  it("keeps poison apart from other failures without the filter, where Nest's own replaces errors", async () => {
    const kept = new Inbox<string>();
    let attempts = 0;
    const strategy = new PubSubStrategy({
      pubsub: cloud.pubsub,
      consumptions: [{ subscription: topic, pattern: 'work' }],
      logger: createLogger({ service: 'test', level: 'silent' }),
      quarantine: async (_, message) => kept.put(textOf(message)),
    });
    const module = moduleOf(() => {
      attempts += 1;
      throw attempts === 1 ? new Error('contention') : new PoisonError('no JSON');
    });
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, {
      strategy,
      logger: false,
    });
    apps.push(app);
    await app.listen();
    await publish('x');
    expect(await kept.next()).toBe('x');
    expect(attempts).toBe(2);
  });

  it('handles a lane in order of arrival, one at a time', async () => {
    const log = new Inbox<string>();
    await start(
      async (message) => {
        log.put(`${textOf(message)} starts`);
        await new Promise((resolve) => setImmediate(resolve));
        log.put(`${textOf(message)} ends`);
      },
      { laneOf: ({ attributes }) => attributes['account'] ?? '' },
    );
    const numbers = Array.from({ length: 20 }, (_, i) => i);
    for (const number of numbers) await publish(String(number), { account: 'ada.main' });
    expect(await log.take(40)).toEqual(numbers.flatMap((number) => [`${number} starts`, `${number} ends`]));
  });

  it.each([
    ['app.close()', (app: INestMicroservice) => app.close()],
    ["a signal's way: hooks, then the transport", (app: INestMicroservice) => disposeOf(app)],
  ])('finishes what is in flight on %s', async (_, shutDown) => {
    const started = new Inbox<string>();
    const work = Promise.withResolvers<void>();
    const { app } = await start((message) => {
      started.put(textOf(message));
      return work.promise;
    });
    await publish('in flight');
    await started.next();
    const closed = shutDown(app);
    await publish('not pulled');
    work.resolve();
    await closed;
    await start((message) => started.put(textOf(message)));
    expect(await started.next()).toBe('not pulled');
  });

  it('opens and closes a subscription when asked to', async () => {
    const inbox = new Inbox<string>();
    const { strategy } = await start((message) => inbox.put(textOf(message)), { openAtStart: false });
    await publish('1');
    strategy.open(topic);
    expect(await inbox.next()).toBe('1');
    await strategy.closeSubscription(topic);
    await publish('2');
    strategy.open(topic);
    expect(await inbox.next()).toBe('2');
    expect(() => strategy.open('unknown')).toThrow('not among the consumptions');
  });

  it('does not start without a handler for each consumption', async () => {
    await expect(start(() => undefined, { pattern: 'nobody' })).rejects.toThrow(
      `no handler for "nobody", the pattern of "${topic}"`,
    );
  });

  it('is unhealthy when a stream dies for good', async () => {
    const { strategy } = await start(() => undefined);
    expect(strategy.isHealthy).toBe(true);
    const sickness = sick(strategy);
    await cloud.pubsub.subscription(topic).delete();
    await sickness;
    expect(strategy.isHealthy).toBe(false);
  });

  it('publishes what a message handler returns, before it acknowledges', async () => {
    const replies = new Inbox<Message>();
    const replyTopic = `replies-${topic}`;
    await cloud.pubsub.createTopic(replyTopic);
    await cloud.pubsub.createSubscription(replyTopic, replyTopic);
    await start((message) => ({ heard: textOf(message) }), { pattern: 'ask' });
    const asker = cloud.pubsub.subscription(replyTopic);
    asker.on('message', (message: Message) => {
      replies.put(message);
      message.ack();
    });
    await publish('hello', { 'reply-to': replyTopic, correlation: 'c1' });
    const reply = await replies.next();
    expect(reply.attributes).toEqual({ correlation: 'c1' });
    expect(JSON.parse(textOf(reply))).toEqual({ heard: 'hello' });
    await asker.close();
  });

  it('acknowledges without a reply when the asker is gone, or names a topic that is none for replies', async () => {
    const inbox = new Inbox<string>();
    const { app } = await start((message) => inbox.put(textOf(message)), { pattern: 'ask' });
    await publish('gone', { 'reply-to': 'replies-gone', correlation: 'c1' });
    await publish('forged', { 'reply-to': topic, correlation: 'c1' });
    await inbox.take(2);
    await app.close();
    await start((message) => inbox.put(textOf(message)));
    await publish('next');
    expect(await inbox.next()).toBe('next');
  });

  it('moves a message to the dead letter after ten failed deliveries', async () => {
    const failing = `failing-${topic}`;
    const dead = `dead-${topic}`;
    await cloud.pubsub.createTopic(dead);
    await cloud.pubsub.createSubscription(dead, dead);
    await cloud.pubsub.createSubscription(topic, failing, {
      deadLetterPolicy: { deadLetterTopic: cloud.pubsub.topic(dead).name, maxDeliveryAttempts: 10 },
    });
    const attempts: number[] = [];
    const { app } = await start(
      ({ deliveryAttempt }) => {
        attempts.push(deliveryAttempt);
        fail();
      },
      { subscription: failing },
    );
    await publish('bug');
    const letter = Promise.withResolvers<string>();
    const letters = cloud.pubsub.subscription(dead);
    letters.on('message', (message: Message) => {
      letter.resolve(message.data.toString());
      message.ack();
    });
    expect(await letter.promise).toBe('bug');
    expect(attempts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    await Promise.all([app.close(), letters.close()]);
  });

  it('moves a thousand messages, none twice', async () => {
    const inbox = new Inbox<string>();
    await start((message) => inbox.put(textOf(message)), { maxMessages: 50 });
    const fast = openPublisher(cloud.pubsub, topic, { maxMessages: 100, maxMilliseconds: 5 });
    const texts = Array.from({ length: 1_000 }, (_, i) => String(i));
    await Promise.all(texts.map((text) => fast.publish(Buffer.from(text), {})));
    expect(new Set(await inbox.take(1_000))).toEqual(new Set(texts));
    expect(inbox.size).toBe(0);
  });
});

function moduleOf(handler: Handler) {
  @Controller()
  class ProbeController {
    @EventPattern('work')
    work(@Payload() message: Received) {
      return handler(message);
    }

    @MessagePattern('ask')
    ask(@Payload() message: Received) {
      return handler(message);
    }
  }

  @Module({ controllers: [ProbeController] })
  class ProbeModule {}

  return ProbeModule;
}

/** What Nest does on SIGTERM with shutdown hooks, without a signal to the whole test process. */
async function disposeOf(app: INestMicroservice): Promise<void> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Nest keeps the method protected
  await (app as unknown as { dispose(): Promise<void> }).dispose();
}

async function sick(strategy: PubSubStrategy): Promise<void> {
  while (strategy.isHealthy) await new Promise((resolve) => setTimeout(resolve, 5));
}

function textOf(message: { data: Uint8Array }): string {
  return Buffer.from(message.data).toString('utf8');
}

function fail(): never {
  throw new Error('contention');
}
