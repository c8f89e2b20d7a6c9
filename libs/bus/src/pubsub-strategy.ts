import { commandAttributes, topics } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import { type Logger, type ServiceMetrics, inSpan } from '@bellwether/observability';
import type { PubSub } from '@google-cloud/pubsub';
import { BaseRpcContext, Server } from '@nestjs/microservices';
import type { CustomTransportStrategy, MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { Consumer } from './consumer.ts';
import type { Consumption } from './consumption.ts';
import { ConsumptionCounts } from './consumption-counts.ts';
import { deliver } from './deliver.ts';
import type { Quarantine } from './deliver.ts';
import { codeOf, grpcStatus } from './grpc-status.ts';
import { measureConsumptions } from './measure-consumptions.ts';
import { openPublisher } from './publisher.ts';
import { logFieldsOf } from './received.ts';
import type { Received } from './received.ts';
import { Underway } from './underway.ts';

export interface PubSubStrategyOptions {
  /** Stays open on `close`: it belongs to the caller. */
  readonly pubsub: PubSub;
  readonly consumptions: readonly Consumption[];
  readonly logger: Logger;
  /** Without it a poison message is logged and delivered again, up to its subscription's dead letter. */
  readonly quarantine?: Quarantine;
  /** Where it tells what becomes of messages; nowhere unless given. */
  readonly measures?: { readonly metrics: ServiceMetrics; readonly clock: Clock };
}

/**
 * Nest's transport over Pub/Sub. A message is acknowledged after its handler's promise resolved; quarantined and
 * acknowledged when it threw `PoisonError`; refused, and so delivered again, when it threw anything else. A handler
 * that must not acknowledge yet keeps its promise pending.
 *
 * What a `@MessagePattern` handler returns is published as JSON to the message's `reply-to` topic, before the
 * acknowledgement.
 */
export class PubSubStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('pubsub');
  /** The strategy awaits event handlers and reports what they throw. */
  override readonly propagatesEventHandlerErrors = true;
  readonly #options: PubSubStrategyOptions;
  readonly #consumers = new Map<string, Consumer>();
  /** By subscription, since the start. */
  readonly counts: ReadonlyMap<string, ConsumptionCounts>;
  readonly #onHandled: ((subscription: string, message: Received) => void) | undefined;
  readonly #draining = new Set<Promise<void>>();
  #isClosing = false;

  constructor(options: PubSubStrategyOptions) {
    super();
    this.#options = options;
    this.counts = new Map(
      options.consumptions.map(({ subscription }) => [subscription, new ConsumptionCounts()]),
    );
    const { measures } = options;
    this.#onHandled = measures && measureConsumptions(measures, this);
  }

  /** False while the stream of an open subscription is dead. It is reopened with a back-off of 1 to 30 s. */
  get isHealthy(): boolean {
    return [...this.#consumers.values()].every((consumer) => consumer.isHealthy);
  }

  /** The open subscriptions whose stream is dead. */
  get dead(): readonly string[] {
    return [...this.#consumers].flatMap(([name, { isHealthy }]) => (isHealthy ? [] : name));
  }

  /** Called by Nest. Fails when a consumption has no handler. */
  listen(callback: (error?: unknown) => void): void {
    const { consumptions } = this.#options;
    try {
      for (const consumption of consumptions) this.#handlerOf(consumption);
      for (const { subscription, openAtStart = true } of consumptions) {
        if (openAtStart) this.open(subscription);
      }
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }

  /** Starts pulling a subscription; without effect when it is open, or when the strategy is closing. */
  open(subscription: string): void {
    if (this.#isClosing || this.#consumers.has(subscription)) return;
    const { pubsub, consumptions, quarantine, logger } = this.#options;
    const consumption = consumptions.find((each) => each.subscription === subscription);
    if (consumption === undefined) throw new Error(`"${subscription}" is not among the consumptions`);
    const handler = this.#handlerOf(consumption);
    const counts = this.counts.get(subscription) ?? new ConsumptionCounts();
    const delivery = {
      consumer: subscription,
      handle:
        consumption.isTraced === true
          ? (message: Received) =>
              handleTraced(subscription, message, () => this.#handle(handler, message).then(untilDone))
          : (message: Received) => this.#handle(handler, message),
      quarantine: quarantine && counting(quarantine, counts),
      logger,
    };
    const consumer = new Consumer({
      pubsub,
      consumption,
      deliver: (message, settle) => deliver(message, delivery, settle),
      onHandled: (message) => this.#onHandled?.(subscription, message),
      logger,
      counts,
    });
    this.#consumers.set(subscription, consumer);
  }

  /** Stops pulling a subscription and drains it as `close` does; it may be opened again at once. */
  async closeSubscription(subscription: string): Promise<void> {
    const consumer = this.#consumers.get(subscription);
    if (consumer === undefined) return;
    this.#consumers.delete(subscription);
    const drained = consumer.close();
    this.#draining.add(drained);
    await drained;
    this.#draining.delete(drained);
  }

  /**
   * Stops pulling, waits up to 4 s for handlers in flight and acknowledges what they finish. Nothing else is
   * acknowledged or refused: the leases expire. Nest calls it on both of its ways to shut down; so may the owner.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const subscription of this.#consumers.keys()) void this.closeSubscription(subscription);
    await Promise.all(this.#draining);
  }

  /** There is nothing to listen to: see `isHealthy`. */
  on(event: string): never {
    throw new Error(`the Pub/Sub transport has no event "${event}"`);
  }

  /** The Pub/Sub client. */
  unwrap<T>(): T {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Nest's signature lets the caller name the type
    return this.#options.pubsub as T;
  }

  #handlerOf({ subscription, pattern }: Consumption): MessageHandler<Received, BaseRpcContext> {
    const handler: MessageHandler<Received, BaseRpcContext> | null = this.getHandlerByPattern(pattern);
    if (handler === null) throw new Error(`no handler for "${pattern}", the pattern of "${subscription}"`);
    return handler;
  }

  #handle(handler: MessageHandler<Received, BaseRpcContext>, message: Received): Promise<unknown> {
    const answered = this.#call(handler, message);
    return handler.isEventHandler === true
      ? answered
      : answered.then(untilDone).then((answer) => this.#reply(message, answer));
  }

  /** Runs Nest's pipeline to its end. Nest's own `handleEvent` resolves even when the handler throws. */
  #call(handler: MessageHandler<Received, BaseRpcContext>, message: Received): Promise<unknown> {
    const context = new BaseRpcContext([message]);
    return new Promise((resolve, reject) => {
      this.runWithProcessingHooks(context, async (end) => {
        try {
          resolve(await lastAnswerOf(await handler(message, context)));
        } catch (error) {
          reject(error);
        } finally {
          end();
        }
      });
    });
  }

  async #reply(message: Received, answer: unknown): Promise<void> {
    const { pubsub, logger } = this.#options;
    const topic = message.attributes[commandAttributes.replyTo];
    const correlation = message.attributes[commandAttributes.correlation];
    if (topic === undefined || correlation === undefined) return;
    if (!topic.startsWith(topics.replies(''))) {
      logger.warn({ ...logFieldsOf(message), topic }, 'no reply: the topic is none for replies');
      return;
    }
    const publisher = openPublisher(pubsub, topic, { maxMessages: 1, maxMilliseconds: 0 });
    try {
      await publisher.publish(Buffer.from(JSON.stringify(answer ?? null)), {
        [commandAttributes.correlation]: correlation,
      });
    } catch (error) {
      if (codeOf(error) !== grpcStatus.notFound) throw error;
      logger.warn({ ...logFieldsOf(message), topic }, 'no reply: whoever asked is gone');
    }
  }
}

async function lastAnswerOf(answer: unknown): Promise<unknown> {
  return isObservable(answer) ? lastValueFrom(answer, { defaultValue: undefined }) : answer;
}

function untilDone(answer: unknown): unknown {
  return answer instanceof Underway ? answer.done : answer;
}

function counting(quarantine: Quarantine, counts: ConsumptionCounts): Quarantine {
  return async (consumer, message, reason) => {
    await quarantine(consumer, message, reason);
    counts.quarantined += 1;
  };
}

/** From the first byte that arrived to the last effect: an acknowledgement follows. */
async function handleTraced(
  subscription: string,
  { id, attributes, publishedAt, deliveryAttempt }: Received,
  handle: () => Promise<unknown>,
): Promise<void> {
  const options = {
    traceparent: attributes[commandAttributes.traceparent] ?? '',
    kind: 'consumer' as const,
    attributes: {
      'messaging.system': 'gcp_pubsub',
      'messaging.destination.subscription.name': subscription,
      'messaging.message.id': id,
      'messaging.gcp_pubsub.message.delivery_attempt': deliveryAttempt,
      'bellwether.published_at': publishedAt,
      ...(attributes['account'] === undefined ? {} : { 'bellwether.account': attributes['account'] }),
      ...(attributes['ce-id'] === undefined ? {} : { 'bellwether.commit': attributes['ce-id'] }),
    },
  };
  await inSpan(`process ${subscription}`, options, handle);
}
