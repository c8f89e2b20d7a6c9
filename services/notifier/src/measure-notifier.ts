import type { ServiceMetrics } from '@bellwether/observability';
import type { CountedDeliveries } from './deliveries/counted-deliveries.ts';
import type { DiscordGates } from './discord/discord-gates.ts';
import { mostInvalidAnswers } from './discord/invalid-answers.ts';

/** Tells what becomes of deliveries, and how much of what Discord allows this address is used. */
export function measureNotifier(
  metrics: ServiceMetrics,
  deliveries: Pick<CountedDeliveries, 'counts'>,
  gates: Pick<DiscordGates, 'waiting' | 'invalidAnswers'>,
): void {
  metrics.counter({
    name: 'bellwether_deliveries_total',
    help: 'Deliveries by what was recorded of them; one may be parked or retried several times.',
    label: 'state',
    read: () => {
      const { possibleRepeats: _, ...states } = deliveries.counts;
      return Object.entries(states);
    },
  });
  metrics.counter({
    name: 'bellwether_possible_repeats_total',
    help: 'Sent alerts of which an earlier request may have landed, and which say so.',
    read: () => deliveries.counts.possibleRepeats,
  });
  metrics.gauge({
    name: 'bellwether_discord_requests_waiting',
    help: "Requests that wait for their tenant's turn at Discord.",
    read: () => gates.waiting,
  });
  metrics.gauge({
    name: 'bellwether_discord_invalid_answers',
    help: `Invalid answers of the last ten minutes; at ${mostInvalidAnswers} no request leaves.`,
    read: () => gates.invalidAnswers,
  });
}
