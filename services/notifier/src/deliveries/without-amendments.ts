import type { Delivery, DeliveryRecord, Receipt } from './delivery.ts';

/** Keeps no state of what only changes an earlier message: it has no document. */
export class WithoutAmendments implements DeliveryRecord {
  readonly #record: DeliveryRecord;

  constructor(record: DeliveryRecord) {
    this.#record = record;
  }

  async sent(deliveries: readonly Delivery[], receipt: Receipt): Promise<void> {
    await this.#of(deliveries, async (own) => this.#record.sent(own, receipt));
  }

  async retrying(deliveries: readonly Delivery[], reason: string): Promise<void> {
    await this.#of(deliveries, async (own) => this.#record.retrying(own, reason));
  }

  async dead(deliveries: readonly Delivery[], reason: string): Promise<void> {
    await this.#of(deliveries, async (own) => this.#record.dead(own, reason));
  }

  async parked(deliveries: readonly Delivery[], dueAt: number): Promise<void> {
    await this.#of(deliveries, async (own) => this.#record.parked(own, dueAt));
  }

  async release(deliveries: readonly Delivery[]): Promise<void> {
    await this.#of(deliveries, async (own) => this.#record.release(own));
  }

  async #of(
    deliveries: readonly Delivery[],
    record: (own: readonly Delivery[]) => Promise<void>,
  ): Promise<void> {
    const own = deliveries.filter(({ isAmendment }) => isAmendment !== true);
    if (own.length > 0) await record(own);
  }
}
