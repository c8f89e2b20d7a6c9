import type { Clock } from '@bellwether/domain';
import type { Delivery, DeliveryRecord, DigestRecord, Receipt } from './delivery.ts';

/** What became of deliveries since the process started: how often each was recorded as that. */
export interface DeliveryCounts {
  readonly sent: number;
  readonly retrying: number;
  readonly parked: number;
  readonly dead: number;
  readonly released: number;
  /** Put into a digest, which tells them. */
  readonly grouped: number;
  /** Of those that were sent: an earlier request may have landed. */
  readonly possibleRepeats: number;
}

/** Counts what is recorded, once it is. */
export class CountedDeliveries implements DeliveryRecord, DigestRecord {
  readonly #record: DeliveryRecord & DigestRecord;
  readonly #clock: Clock;
  readonly #onSent: (commitToAlertMs: number) => void;
  #counts: DeliveryCounts = none;

  /** @param parts.onSent hears how long after its commit each alert was sent. */
  constructor(parts: {
    readonly record: DeliveryRecord & DigestRecord;
    readonly clock: Clock;
    readonly onSent: (commitToAlertMs: number) => void;
  }) {
    this.#record = parts.record;
    this.#clock = parts.clock;
    this.#onSent = parts.onSent;
  }

  get counts(): DeliveryCounts {
    return this.#counts;
  }

  async sent(deliveries: readonly Delivery[], receipt: Receipt): Promise<void> {
    const now = this.#clock.now();
    await this.#record.sent(deliveries, receipt);
    const repeats = deliveries.filter(({ possibleRepeat }) => possibleRepeat).length;
    this.#add({ sent: deliveries.length, possibleRepeats: repeats });
    for (const { notice, isAmendment } of deliveries)
      if (isAmendment !== true) this.#onSent(Math.max(0, now - notice.committedAt));
  }

  async retrying(deliveries: readonly Delivery[], reason: string): Promise<void> {
    await this.#record.retrying(deliveries, reason);
    this.#add({ retrying: deliveries.length });
  }

  async dead(deliveries: readonly Delivery[], reason: string): Promise<void> {
    await this.#record.dead(deliveries, reason);
    this.#add({ dead: deliveries.length });
  }

  async parked(deliveries: readonly Delivery[], dueAt: number): Promise<void> {
    await this.#record.parked(deliveries, dueAt);
    this.#add({ parked: deliveries.length });
  }

  async release(deliveries: readonly Delivery[]): Promise<void> {
    await this.#record.release(deliveries);
    this.#add({ released: deliveries.length });
  }

  async digested(digest: Delivery, grouped: number, members: readonly Delivery[]): Promise<void> {
    await this.#record.digested(digest, grouped, members);
    this.#add({ grouped: members.length });
  }

  #add(more: Partial<DeliveryCounts>): void {
    const before = this.#counts;
    this.#counts = {
      sent: before.sent + (more.sent ?? 0),
      retrying: before.retrying + (more.retrying ?? 0),
      parked: before.parked + (more.parked ?? 0),
      dead: before.dead + (more.dead ?? 0),
      released: before.released + (more.released ?? 0),
      grouped: before.grouped + (more.grouped ?? 0),
      possibleRepeats: before.possibleRepeats + (more.possibleRepeats ?? 0),
    };
  }
}

const none: DeliveryCounts = {
  sent: 0,
  retrying: 0,
  parked: 0,
  dead: 0,
  released: 0,
  grouped: 0,
  possibleRepeats: 0,
};
