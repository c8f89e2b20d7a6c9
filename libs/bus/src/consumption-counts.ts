import type { Message } from '@google-cloud/pubsub';
import type { Received } from './received.ts';

/** What has become of a subscription's messages since the process started, over all of its streams. */
export class ConsumptionCounts {
  received = 0;
  acknowledged = 0;
  refused = 0;
  quarantined = 0;
  /** How often its stream died. */
  deaths = 0;
  /** Being handled now: as its handler knows it, and as the client does. */
  readonly inHand = new Map<Received, Message>();

  /** When the oldest message in hand was published, epoch milliseconds; undefined when there is none. */
  get oldestPublishedAt(): number | undefined {
    let oldest = Infinity;
    for (const { publishedAt } of this.inHand.keys()) oldest = Math.min(oldest, publishedAt);
    return oldest === Infinity ? undefined : oldest;
  }
}
