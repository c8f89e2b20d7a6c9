import type { Delivery, DeliveryRecord, Receipt } from '../deliveries/delivery.ts';

/** What a test message came to. */
export interface TestOutcome {
  /** `dead`: refused or given up, the reason says which; `limited`: it is to be asked later than a test waits. */
  readonly outcome: 'sent' | 'dead' | 'limited';
  readonly reason?: string;
  /** The provider's. */
  readonly messageId?: string;
  /** Epoch milliseconds, of what is limited. */
  readonly dueAt?: number;
  /** Requests that it took. */
  readonly attempts: number;
  /** More than one of them may have landed. */
  readonly possibleRepeat: boolean;
}

/** Holds what the one delivery of a test came to. */
export class TestRecord implements DeliveryRecord {
  outcome: TestOutcome = { outcome: 'dead', attempts: 0, possibleRepeat: false };

  async sent([delivery]: readonly Delivery[], { messageId }: Receipt): Promise<void> {
    await this.#note(delivery, { outcome: 'sent', messageId });
  }

  async dead([delivery]: readonly Delivery[], reason: string): Promise<void> {
    await this.#note(delivery, { outcome: 'dead', reason });
  }

  async parked([delivery]: readonly Delivery[], dueAt: number): Promise<void> {
    await this.#note(delivery, { outcome: 'limited', dueAt });
  }

  async retrying(): Promise<void> {
    await Promise.resolve();
  }

  async release(): Promise<void> {
    await Promise.resolve();
  }

  async #note(
    delivery: Delivery | undefined,
    outcome: Omit<TestOutcome, 'attempts' | 'possibleRepeat'>,
  ): Promise<void> {
    const { attempts = 0, possibleRepeat = false } = delivery ?? {};
    this.outcome = { ...outcome, attempts, possibleRepeat };
    await Promise.resolve();
  }
}
