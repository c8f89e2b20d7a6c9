import type { Clock } from '@bellwether/domain';
import { type Measure, type ServiceMetrics, latencySeconds } from '@bellwether/observability';
import type { ConsumptionCounts } from './consumption-counts.ts';
import type { Received } from './received.ts';

export interface Consumptions {
  readonly counts: ReadonlyMap<string, ConsumptionCounts>;
  /** The open subscriptions whose stream is dead. */
  readonly dead: readonly string[];
}

/** Tells what becomes of a service's messages, by subscription. @returns what is to be called when one is done with. */
export function measureConsumptions(
  { metrics, clock }: { readonly metrics: ServiceMetrics; readonly clock: Clock },
  consumptions: Consumptions,
): (subscription: string, message: Received) => void {
  const { counts } = consumptions;
  const of = (read: (count: ConsumptionCounts) => number): Pick<Measure, 'label' | 'read'> => ({
    label: 'subscription',
    read: () => [...counts].map(([subscription, count]) => [subscription, read(count)]),
  });
  metrics.counter({
    name: 'bellwether_messages_received_total',
    help: 'Messages that Pub/Sub delivered, repeats included.',
    ...of(({ received }) => received),
  });
  metrics.counter({
    name: 'bellwether_messages_acknowledged_total',
    help: 'Messages whose work is done.',
    ...of(({ acknowledged }) => acknowledged),
  });
  metrics.counter({
    name: 'bellwether_messages_refused_total',
    help: 'Messages that failed and are delivered again.',
    ...of(({ refused }) => refused),
  });
  metrics.counter({
    name: 'bellwether_messages_quarantined_total',
    help: 'Messages that will never parse, kept in the quarantine.',
    ...of(({ quarantined }) => quarantined),
  });
  metrics.counter({
    name: 'bellwether_stream_deaths_total',
    help: 'How often the stream of a subscription died and was opened again.',
    ...of(({ deaths }) => deaths),
  });
  metrics.gauge({
    name: 'bellwether_messages_in_hand',
    help: 'Messages that are being handled.',
    ...of(({ inHand }) => inHand.size),
  });
  metrics.gauge({
    name: 'bellwether_oldest_message_seconds',
    help: 'How long ago the oldest message in hand was published: how far behind its subscription is.',
    ...of(({ oldestPublishedAt }) =>
      oldestPublishedAt === undefined ? 0 : Math.max(0, clock.now() - oldestPublishedAt) / 1_000,
    ),
  });
  metrics.gauge({
    name: 'bellwether_streams_dead',
    help: 'Open subscriptions whose stream is dead.',
    read: () => consumptions.dead.length,
  });
  const observe = metrics.distribution({
    name: 'bellwether_message_seconds',
    help: 'From the publication of a message until its work was done: booked, stored, told.',
    label: 'subscription',
    buckets: latencySeconds,
  });
  return (subscription, { publishedAt }) => observe((clock.now() - publishedAt) / 1_000, subscription);
}
