import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PubSub, v1 } from '@google-cloud/pubsub';
import type { Message, Subscription, SubscriptionOptions, Topic } from '@google-cloud/pubsub';
import { credentials } from '@grpc/grpc-js';
import { systemClock } from '../src/core/clock.ts';
import { Meter } from '../src/core/meter.ts';
import type { RunningServer } from '../src/core/server.ts';
import { startPubSub } from '../src/pubsub/index.ts';

process.env['METADATA_SERVER_DETECTION'] = 'none';

/** What the test that runs has to close, newest last. */
export const cleanups: (() => Promise<unknown>)[] = [];

export async function closeAll(): Promise<void> {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
}

/** A server, its meter, and Google's client connected to it. */
export class Service {
  readonly meter: Meter;
  readonly client: PubSub;
  readonly subscriber: v1.SubscriberClient;
  readonly server: RunningServer;
  readonly #advance: (seconds: number) => void;

  private constructor(server: RunningServer, meter: Meter, advance: (seconds: number) => void) {
    this.server = server;
    this.meter = meter;
    this.#advance = advance;
    this.client = new PubSub({ projectId: 'p', apiEndpoint: `127.0.0.1:${server.port}`, emulatorMode: true });
    const sslCreds = credentials.createInsecure();
    this.subscriber = new v1.SubscriberClient({ servicePath: '127.0.0.1', port: server.port, sslCreds });
    cleanups.push(async () => {
      await this.client.close();
      await this.subscriber.close();
      await server.close();
    });
  }

  static async start(dataDir?: string): Promise<Service> {
    const meter = new Meter();
    const clock = systemClock();
    let ahead = 0n;
    const server = await startPubSub({
      port: 0,
      clock: { nowMicros: () => clock.nowMicros() + ahead },
      meter,
      ...(dataDir === undefined ? {} : { dataDir }),
    });
    return new Service(server, meter, (seconds) => (ahead += BigInt(seconds) * 1_000_000n));
  }

  advance(seconds: number): void {
    this.#advance(seconds);
  }

  async createTopic(): Promise<Topic> {
    const [topic] = await this.client.createTopic(`topic-${randomUUID()}`);
    return topic;
  }

  /** The texts of what one Pull returns, and their ack ids. */
  async pull(subscription: string): Promise<{ texts: string[]; ackIds: string[] }> {
    const [{ receivedMessages }] = await this.subscriber.pull({ subscription, maxMessages: 100 });
    const received = receivedMessages ?? [];
    return {
      texts: received.map(({ message }) => Buffer.from(message?.data ?? '').toString()),
      ackIds: received.map(({ ackId }) => ackId ?? ''),
    };
  }

  receive(subscription: Subscription, options: SubscriptionOptions = {}): Receiver {
    return new Receiver(
      this.client.subscription(subscription.name, { batching: { maxMilliseconds: 1 }, ...options }),
    );
  }
}

/** Receives with Google's streaming client; `handle` decides about each message. */
export class Receiver {
  readonly texts: string[] = [];
  handle = (message: Message): void => message.ack();
  #wanted = Infinity;
  #arrived = Promise.withResolvers<void>();

  constructor(subscription: Subscription) {
    subscription.on('message', (message) => {
      this.texts.push(message.data.toString());
      this.handle(message);
      if (this.texts.length >= this.#wanted) this.#arrived.resolve();
    });
    subscription.on('error', (error) => this.#arrived.reject(error));
    cleanups.push(() => subscription.close());
  }

  /** Resolves once so many have arrived in all. */
  async count(wanted: number): Promise<string[]> {
    this.#wanted = wanted;
    if (this.texts.length < wanted) await this.#arrived.promise;
    this.#arrived = Promise.withResolvers();
    return this.texts;
  }
}

export const publishAll = (topic: Topic, texts: readonly string[]): Promise<string[]> =>
  Promise.all(texts.map((text) => topic.publishMessage({ data: Buffer.from(text) })));

export const subscriptionName = (): string => `subscription-${randomUUID()}`;

export async function temporaryDirectory(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'pubsub-'));
  cleanups.push(() => rm(dir, { recursive: true, force: true }));
  return dir;
}
