import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { Runner } from './runner.ts';
import type { Delivered } from './wire.ts';

type SubscriptionConfig = google.pubsub.v1.ISubscription;

const minimumPauseMs = 100;
const maximumPauseMs = 60_000;

/** A subscription that this process consumes itself. */
export interface Consumed {
  readonly config: SubscriptionConfig;
  readonly consumer: number;
  /** In a row. */
  failures: number;
}

export interface ConsumedOptions {
  /** Which subscriptions are consumed. */
  readonly isWanted: (config: SubscriptionConfig) => boolean;
  readonly maxOutstandingMessages: number;
  readonly deliver: (subscription: Consumed, messages: readonly Delivered[]) => void;
}

/** Keeps a consumer open for each subscription that this process consumes, and settles what it was delivered. */
export class ConsumedSubscriptions {
  readonly #runner: Runner;
  readonly #options: ConsumedOptions;
  readonly #open = new Map<string, Consumed>();

  constructor(runner: Runner, options: ConsumedOptions) {
    this.#runner = runner;
    this.#options = options;
    runner.onConsumedChange(() => this.#follow());
    this.#follow();
  }

  acknowledge(subscription: Consumed, ackIds: string[]): void {
    subscription.failures = 0;
    this.#send(subscription, { ackIds });
  }

  /** A nack, after a pause that grows with every failure in a row unless the subscription has a retry policy. */
  giveBack(subscription: Consumed, ackIds: string[]): void {
    const pauseMs = Math.min(minimumPauseMs * 2 ** subscription.failures++, maximumPauseMs);
    const request = { modifyDeadlineAckIds: ackIds, modifyDeadlineSeconds: ackIds.map(() => 0) };
    setTimeout(
      () => this.#send(subscription, request),
      subscription.config.retryPolicy ? 0 : pauseMs,
    ).unref();
  }

  #send({ consumer }: Consumed, request: google.pubsub.v1.IStreamingPullRequest): void {
    this.#runner.send({ type: 'continue', consumer, request });
  }

  #follow(): void {
    const wanted = new Map(
      this.#runner
        .subscriptions()
        .filter((config) => !config.detached && this.#options.isWanted(config))
        .map((config) => [config.name ?? '', config]),
    );
    for (const [name, { config, consumer }] of this.#open) {
      if (wanted.get(name) === config) continue;
      this.#open.delete(name);
      this.#runner.send({ type: 'close', consumer });
    }
    for (const [name, config] of wanted) if (!this.#open.has(name)) this.#consume(name, config);
  }

  #consume(name: string, config: SubscriptionConfig): void {
    const { maxOutstandingMessages, deliver } = this.#options;
    const request = {
      subscription: name,
      streamAckDeadlineSeconds: config.ackDeadlineSeconds ?? 10,
      maxOutstandingMessages,
    };
    const { consumer } = this.#runner.open(
      { type: 'open', isInternal: true, request },
      {
        deliver: (messages) => {
          const subscription = this.#open.get(name);
          if (subscription !== undefined) deliver(subscription, messages);
        },
        end: () => this.#open.delete(name),
      },
    );
    this.#open.set(name, { config, consumer, failures: 0 });
  }
}
