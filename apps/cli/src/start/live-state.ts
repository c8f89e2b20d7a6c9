import {
  type DeliveryDocument,
  type LedgerTradeDocument,
  Marks,
  type PositionDocument,
  type TriggerDocument,
  paths,
  queries,
  topics,
} from '@bellwether/contracts';
import type { Logger } from '@bellwether/observability';
import { buildQuery, isNotFound, listenToLatest, readPosition, readTrigger } from '@bellwether/store';
import type { DocumentSnapshot, Firestore, Query } from '@google-cloud/firestore';
import type { PubSub, Subscription } from '@google-cloud/pubsub';
import { demoAccounts, demoTenant } from './demo-users.ts';

const shown = 5;
const rateOverMs = 5_000;
/** One view at a time looks at a data directory, so what a killed one left behind is found by its name. */
const subscriptionName = 'live.marks';

export type LiveMark = Marks['marks'][number];

/**
 * What the live view shows, kept current from the outside: `marks` over Pub/Sub, positions, triggers,
 * trades and deliveries by Firestore listeners.
 */
export class LiveState {
  readonly marks = new Map<string, LiveMark>();
  readonly positions = new Map<string, PositionDocument>();
  readonly triggers = new Map<string, TriggerDocument>();
  trades: readonly LedgerTradeDocument[] = [];
  deliveries: readonly DeliveryDocument[] = [];
  epoch = '';
  readonly #firestore: Firestore;
  readonly #pubsub: PubSub;
  readonly #logger: Logger;
  readonly #stops: (() => void)[] = [];
  /** Ticks published by the time, newest last, a few seconds' worth. */
  #counts: { at: number; ticks: number }[] = [];
  #subscription: Subscription | undefined;

  constructor(options: { firestore: Firestore; pubsub: PubSub; logger: Logger }) {
    this.#firestore = options.firestore;
    this.#pubsub = options.pubsub;
    this.#logger = options.logger;
  }

  /** Ticks per second over the last few seconds. */
  get ticksPerSecond(): number {
    const [first] = this.#counts;
    const last = this.#counts.at(-1);
    if (first === undefined || last === undefined || last.at <= first.at) return 0;
    return ((last.ticks - first.ticks) * 1_000) / (last.at - first.at);
  }

  async open(): Promise<void> {
    await this.#pubsub.subscription(subscriptionName).delete().catch(ignoreMissing);
    const [subscription] = await this.#pubsub
      .topic(topics.marks)
      .createSubscription(subscriptionName, { messageRetentionDuration: { seconds: 600 } });
    this.#subscription = subscription;
    subscription.on('message', (message) => {
      message.ack();
      this.#takeMarks(message.data);
    });
    subscription.on('error', (error) => this.#logger.warn({ err: error }, 'the marks stream broke'));
    for (const { uid } of demoAccounts) {
      this.#listenTo(
        buildQuery(this.#firestore, queries.openPositionsOfUser, {
          within: paths.openPositions(uid),
          values: { 'details.status': 'open' },
        }),
        this.positions,
        readPosition,
      );
      this.#listenTo(
        buildQuery(this.#firestore, queries.activeTriggersOfUser, {
          within: paths.tradeTriggers(uid),
          values: { 'details.status': 'active' },
        }),
        this.triggers,
        readTrigger,
      );
    }
    const ended = (error: Error): void => this.#noteEnd(error);
    this.#stops.push(
      listenToLatest<LedgerTradeDocument>(
        this.#firestore,
        queries.lastTradesOfTenant,
        { within: paths.ledgerTrades(demoTenant), limit: shown },
        (trades) => {
          this.trades = trades;
        },
        ended,
      ),
      listenToLatest<DeliveryDocument>(
        this.#firestore,
        queries.lastDeliveriesOfTenant,
        { within: paths.deliveries(demoTenant), limit: 2 * shown }, // an alert and its edit of an opening
        (deliveries) => {
          this.deliveries = deliveries.filter(({ isAmendment }) => isAmendment !== true).slice(0, shown);
        },
        ended,
      ),
    );
  }

  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    await this.#subscription?.close();
    await this.#pubsub.subscription(subscriptionName).delete();
  }

  #takeMarks(data: Uint8Array): void {
    const parsed = Marks.safeParse(JSON.parse(Buffer.from(data).toString('utf8')));
    if (!parsed.success) return;
    const { epoch, at, ticks, marks } = parsed.data;
    if (epoch !== this.epoch) this.#counts = [];
    this.epoch = epoch;
    for (const mark of marks) this.marks.set(mark.symbol, mark);
    this.#counts = [...this.#counts.filter((count) => at - count.at <= rateOverMs), { at, ticks }];
  }

  #listenTo<Document>(
    query: Query,
    into: Map<string, Document>,
    read: (snapshot: DocumentSnapshot) => Document | undefined,
  ): void {
    this.#listen(query, (snapshot) => {
      for (const { type, doc } of snapshot.docChanges()) {
        if (type === 'removed') into.delete(doc.ref.path);
        const document = read(doc);
        if (type !== 'removed' && document !== undefined) into.set(doc.ref.path, document);
      }
    });
  }

  #listen(query: Query, take: Parameters<Query['onSnapshot']>[0]): void {
    this.#stops.push(query.onSnapshot(take, (error) => this.#noteEnd(error)));
  }

  #noteEnd(error: Error): void {
    this.#logger.warn({ err: error }, 'a listener of the live view ended');
  }
}

function ignoreMissing(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
