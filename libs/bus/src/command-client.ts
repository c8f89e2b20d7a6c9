import { CommandReply, commandAttributes, newTraceParent, topics } from '@bellwether/contracts';
import type { CommandInput } from '@bellwether/contracts';
import type { Ids } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { PubSub } from '@google-cloud/pubsub';
import { Consumer } from './consumer.ts';
import type { Outcome } from './deliver.ts';
import { openPublisher } from './publisher.ts';
import type { Publisher } from './publisher.ts';
import { logFieldsOf } from './received.ts';
import type { Received } from './received.ts';

export interface CommandClientOptions {
  /** Who asks, for example `gateway`: part of the name of its reply topic. */
  readonly name: string;
  readonly ids: Ids;
  readonly logger: Logger;
}

interface Waiting {
  readonly resolve: (reply: CommandReply) => void;
  readonly reject: (error: Error) => void;
}

const defaultTimeoutMs = 10_000;
/** Pub/Sub's shortest: what a client left behind that could not close. */
const replyExpiry = { ttl: { seconds: 24 * 60 * 60 } };

/** Sends commands and awaits their replies on a topic and subscription of its own, which `close` deletes. */
export class CommandClient {
  readonly #pubsub: PubSub;
  readonly #options: CommandClientOptions;
  readonly #replyTopic: string;
  readonly #commands: Publisher;
  readonly #replies: Consumer;
  readonly #waiting = new Map<string, Waiting>();
  #closing: Promise<void> | undefined;

  private constructor(pubsub: PubSub, replyTopic: string, options: CommandClientOptions) {
    this.#pubsub = pubsub;
    this.#options = options;
    this.#replyTopic = replyTopic;
    this.#commands = openPublisher(pubsub, topics.commands, { maxMessages: 1, maxMilliseconds: 0 });
    this.#replies = new Consumer({
      pubsub,
      consumption: { subscription: replyTopic, pattern: 'reply' },
      deliver: (message, settle) => settle(message, this.#accept(message)),
      logger: options.logger,
    });
  }

  static async connect(pubsub: PubSub, options: CommandClientOptions): Promise<CommandClient> {
    const replyTopic = topics.replies(`${options.name}-${options.ids.next()}`);
    await pubsub.createTopic(replyTopic);
    await pubsub.createSubscription(replyTopic, replyTopic, {
      ackDeadlineSeconds: 10,
      messageRetentionDuration: { seconds: 600 },
      expirationPolicy: replyExpiry,
    });
    return new CommandClient(pubsub, replyTopic, options);
  }

  /**
   * Publishes the command at once and answers its reply.
   *
   * Throws when none came within `timeoutMs` (10 s by default). The command may be carried out nonetheless: ask again
   * with the same key, which acts once.
   */
  async request(
    command: CommandInput,
    { traceparent, timeoutMs = defaultTimeoutMs }: { traceparent?: string; timeoutMs?: number } = {},
  ): Promise<CommandReply> {
    if (this.#closing !== undefined)
      throw new Error(`${command.name} not sent: the command client is closed`);
    const { ids } = this.#options;
    const correlation = ids.next();
    const { promise: reply, resolve, reject } = Promise.withResolvers<CommandReply>();
    const timer = setTimeout(() => {
      reject(new Error(`no reply to ${command.name} (key ${command.key}) within ${timeoutMs} ms`));
    }, timeoutMs);
    this.#waiting.set(correlation, { resolve, reject });
    try {
      const sent = this.#commands.publish(Buffer.from(JSON.stringify(command)), {
        [commandAttributes.replyTo]: this.#replyTopic,
        [commandAttributes.correlation]: correlation,
        [commandAttributes.traceparent]: traceparent ?? newTraceParent((digits) => ids.hex(digits)),
      });
      const failed = sent.then(() => reply); // a command that could not be published fails at once
      return await Promise.race([reply, failed]);
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(correlation);
    }
  }

  /** Fails the requests that still wait, then deletes the reply topic and subscription. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    for (const waiting of this.#waiting.values()) waiting.reject(new Error('the command client was closed'));
    await this.#replies.close();
    await this.#pubsub.subscription(this.#replyTopic).delete();
    await this.#pubsub.topic(this.#replyTopic).delete();
  }

  #accept(message: Received): Outcome {
    const waiting = this.#waiting.get(message.attributes[commandAttributes.correlation] ?? '');
    if (waiting === undefined) return 'ack'; // a duplicate, or nobody waits any more
    try {
      waiting.resolve(CommandReply.parse(JSON.parse(Buffer.from(message.data).toString('utf8'))));
    } catch (error) {
      this.#options.logger.error({ ...logFieldsOf(message), err: error }, 'reply does not parse');
      waiting.reject(new Error('the reply does not parse', { cause: error }));
    }
    return 'ack';
  }
}
