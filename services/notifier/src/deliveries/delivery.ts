import type { Notice } from '../notices/notice.ts';

/** One notice on its way to one channel. */
export interface Delivery {
  readonly channelId: string;
  readonly notice: Notice;
  /** Requests so far. */
  readonly attempts: number;
  /** An earlier request may have landed. */
  readonly possibleRepeat: boolean;
}

export interface Receipt {
  readonly messageId: string;
  /** Discord's time of the message, epoch milliseconds with fraction. */
  readonly sentAt: number;
}

/** Where the state of deliveries is kept. Each call changes all of its deliveries or none. */
export interface DeliveryRecord {
  sent(deliveries: readonly Delivery[], receipt: Receipt): Promise<void>;
  retrying(deliveries: readonly Delivery[], reason: string): Promise<void>;
  dead(deliveries: readonly Delivery[], reason: string): Promise<void>;
  /** Gives up the claims of deliveries that no request has carried yet: to be claimed anew. */
  release(deliveries: readonly Delivery[]): Promise<void>;
}
