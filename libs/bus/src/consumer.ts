import type { Logger } from '@bellwether/observability';
import type { DebugMessage, Message, PubSub, Subscription } from '@google-cloud/pubsub';
import type { Consumption } from './consumption.ts';
import { ConsumptionCounts } from './consumption-counts.ts';
import type { Outcome, Settle } from './deliver.ts';
import { Lanes } from './lanes.ts';
import { receivedFrom } from './received.ts';
import type { Received } from './received.ts';
import { subscriberOptionsOf, withoutRenewal } from './subscriber-options.ts';
import { within } from './within.ts';

/** How long `close` waits for handlers in flight. */
const drainMs = 4_000;
/** How long it then waits for the last acknowledgements to be sent. */
const flushMs = 250;
/** A reopened stream that lives so long counts as healthy. */
const provenMs = 5_000;
const longestBackoffMs = 30_000;

export interface ConsumerOptions {
  readonly pubsub: Pick<PubSub, 'subscription'>;
  readonly consumption: Consumption;
  /** Handles a message to its end and says what becomes of it. Never throws. */
  readonly deliver: (message: Received, settle: Settle) => void;
  readonly logger: Logger;
  /** Hears of each message whose work is done. */
  readonly onHandled?: (message: Received) => void;
  /** Kept by whoever shows them; its own unless given. */
  readonly counts?: ConsumptionCounts;
}

/**
 * One open subscription: pulls, keeps lanes in order, settles each message by its outcome, and reopens the stream when
 * it dies. Opened by its construction; closed once.
 */
export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #lanes = new Lanes();
  /** Each lets the lane of a message go on that is being handled. */
  readonly #laneEnds = new Map<Received, () => void>();
  /**
   * Arrived in this turn of the event loop, and how many of those are started. The client hands over a thousand at once:
   * each is started when the one before it has had its turn, so that next to nothing of a thousand is half done.
   */
  #arrived: Message[] = [];
  #started = 0;
  /** Messages that are being handled, and who waits until there are none. */
  #inFlight = 0;
  readonly #idle: (() => void)[] = [];
  readonly #counts: ConsumptionCounts;
  #subscription: Subscription;
  #dead: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  #deaths = 0;
  #closing: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#counts = options.counts ?? new ConsumptionCounts();
    this.#subscription = this.#open();
  }

  /** False from the death of its stream until a reopened one has delivered something or lived for 5 s. */
  get isHealthy(): boolean {
    return this.#deaths === 0;
  }

  /**
   * Stops pulling at once, then gives handlers in flight up to 4 s. What they finish is settled as ever; all other
   * messages are neither acknowledged nor refused: their leases expire.
   */
  close(): Promise<void> {
    return (this.#closing ??= this.#drain());
  }

  async #drain(): Promise<void> {
    clearTimeout(this.#timer);
    const subscription = this.#subscription;
    const settled = subscription.close(); // it pulls no more; resolves when nothing is leased and all acks are sent
    await within(drainMs, this.#drained());
    await within(flushMs, settled);
    this.#isClosed = true;
    subscription.setOptions(withoutRenewal(subscriberOptionsOf(this.#options.consumption)));
  }

  #open(): Subscription {
    const { pubsub, consumption, logger } = this.#options;
    const subscription = pubsub.subscription(consumption.subscription, subscriberOptionsOf(consumption));
    subscription.on('error', (error: Error) => {
      // The client reports a stream that it retries the same way; only a dead one is closed in the same turn.
      setImmediate(() => {
        if (subscription.isOpen) logger.warn({ err: error, ...this.#fields }, 'stream interrupted');
        else this.#died(subscription, error);
      });
    });
    subscription.on('close', () => this.#died(subscription));
    subscription.on('debug', (note: DebugMessage) =>
      logger.debug({ err: note.error, ...this.#fields }, note.message),
    );
    subscription.on('message', (message: Message) => this.#accept(message));
    return subscription;
  }

  #died(subscription: Subscription, error?: Error): void {
    if (this.#closing !== undefined || subscription !== this.#subscription) return;
    if (subscription === this.#dead) return;
    this.#dead = subscription;
    const backoffMs = Math.min(longestBackoffMs, 1_000 * 2 ** this.#deaths);
    this.#deaths += 1;
    this.#counts.deaths += 1;
    this.#options.logger.error({ err: error, backoffMs, ...this.#fields }, 'stream died');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#subscription = this.#open();
      this.#timer = setTimeout(() => this.#proven(), provenMs);
    }, backoffMs);
  }

  #proven(): void {
    if (this.#deaths === 0) return;
    clearTimeout(this.#timer);
    this.#deaths = 0;
    this.#options.logger.info(this.#fields, 'stream recovered');
  }

  #accept(message: Message): void {
    if (this.#closing !== undefined) return;
    this.#proven();
    this.#counts.received += 1;
    this.#arrived.push(message);
    if (this.#arrived.length === 1) queueMicrotask(this.#startNext);
  }

  readonly #startNext = (): void => {
    const message = this.#arrived[this.#started];
    this.#started += 1;
    if (this.#started < this.#arrived.length) queueMicrotask(this.#startNext);
    else {
      this.#arrived = [];
      this.#started = 0;
    }
    if (message !== undefined) this.#start(message);
  };

  #start(message: Message): void {
    const received = receivedFrom(message);
    const lane = this.#laneOf(received);
    if (lane === undefined) this.#work(message, received);
    else this.#workInLane(lane, message, received);
  }

  #workInLane(lane: string, message: Message, received: Received): void {
    const work = (resolve: () => void): void => {
      this.#laneEnds.set(received, resolve);
      this.#work(message, received);
    };
    void this.#lanes.run(lane, () =>
      this.#closing === undefined ? new Promise<void>(work) : Promise.resolve(),
    );
  }

  /** A message whose lane cannot be told is handled at once: what is wrong with it, its handler says. */
  #laneOf(received: Received): string | undefined {
    try {
      return this.#options.consumption.laneOf?.(received);
    } catch {
      return undefined;
    }
  }

  async #drained(): Promise<void> {
    if (this.#inFlight > 0) await new Promise<void>((resolve) => void this.#idle.push(resolve));
  }

  #work(message: Message, received: Received): void {
    if (this.#closing !== undefined) return;
    this.#inFlight += 1;
    this.#counts.inHand.set(received, message);
    this.#options.deliver(received, this.#settle);
  }

  readonly #settle = (received: Received, outcome: Outcome): void => {
    const message = this.#counts.inHand.get(received);
    this.#counts.inHand.delete(received);
    if (outcome === 'ack') {
      this.#counts.acknowledged += 1;
      this.#options.onHandled?.(received);
      message?.ack();
    } else {
      this.#counts.refused += 1;
      if (!this.#isClosed) message?.nack(); // once closed, a failure may only mean that the handler's means are gone
    }
    if (this.#laneEnds.size > 0) this.#endInLane(received);
    this.#inFlight -= 1;
    if (this.#inFlight === 0) for (const resolve of this.#idle.splice(0)) resolve();
  };

  #endInLane(received: Received): void {
    this.#laneEnds.get(received)?.();
    this.#laneEnds.delete(received);
  }

  get #fields() {
    return { subscription: this.#options.consumption.subscription };
  }
}
