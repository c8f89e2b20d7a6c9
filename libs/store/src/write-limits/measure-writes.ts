import type { ServiceMetrics } from '@bellwether/observability';
import type { BreakerState } from './circuit-breaker.ts';
import type { PacedWrites } from './paced-writes.ts';

type Shown = Pick<PacedWrites, 'performance' | 'rate'>;

const states: readonly BreakerState[] = ['closed', 'shedsBackground', 'shedsCommands', 'probing'];

/** Tells what a process writes in bulk, and what its write limiter and circuit breaker make of it. */
export function measureWrites(metrics: ServiceMetrics, writes: Shown): void {
  const count = (name: string, help: string, read: (performance: Shown['performance']) => number): void =>
    metrics.counter({ name, help, read: () => read(writes.performance) });
  count('bellwether_bulk_batches_total', 'Batches that the write limiter let go.', (all) => all.batches);
  count('bellwether_bulk_writes_total', 'Writes of these batches.', (all) => all.writes);
  count(
    'bellwether_execution_writes_total',
    'Writes of executions and halts, which never wait.',
    (all) => all.executions,
  );
  count('bellwether_bulk_shed_total', 'Batches and commands that were refused.', (all) => all.shed);
  count(
    'bellwether_firestore_exhausted_total',
    'Answers of Firestore that a quota is exhausted.',
    (all) => all.exhausted,
  );
  count('bellwether_breaker_opened_total', 'How often the circuit breaker opened.', (all) => all.opened);
  metrics.gauge({
    name: 'bellwether_writes_per_second',
    help: 'Writes of the last second, as the write limiter counts them.',
    read: () => writes.rate,
  });
  metrics.gauge({
    name: 'bellwether_bulk_waiting',
    help: 'Batches and commands that wait for their turn.',
    read: () => writes.performance.waiting,
  });
  metrics.gauge({
    name: 'bellwether_bulk_longest_wait_seconds',
    help: 'The longest that one waited since the start.',
    read: () => writes.performance.longestWaitMs / 1_000,
  });
  metrics.gauge({
    name: 'bellwether_breaker_state',
    help: 'The state of the circuit breaker: 1 for the one that it is in.',
    label: 'state',
    read: () => states.map((state) => [state, writes.performance.state === state ? 1 : 0]),
  });
}

/** Why writes do not go through now; empty when they do. */
export function heldBack({ performance: { state } }: Shown): readonly string[] {
  return state === 'closed' ? [] : [`Firestore refuses writes for lack of quota (${state})`];
}
