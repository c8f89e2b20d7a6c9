import type { ServiceMetrics } from '@bellwether/observability';
import type { AppendCounts } from './bigquery/append-counts.ts';

type Appends = Readonly<Record<'ticks' | 'events', AppendCounts>>;

/** BigQuery answers within seconds; this long without an answer, history does not do its work. */
const patienceMs = 30_000;

/** Tells what history appends to which table, and what waits. */
export function measureHistory(
  metrics: ServiceMetrics,
  appends: Appends,
  parts: { readonly waitingCommits: () => number; readonly gapsGivenUp: () => number },
): void {
  const of = (read: (counts: AppendCounts) => number) => ({
    label: 'table',
    read: () => Object.entries(appends).map(([table, counts]) => [table, read(counts)] as const),
  });
  metrics.counter({
    name: 'bellwether_rows_appended_total',
    help: 'Rows that BigQuery has taken.',
    ...of(({ rows }) => rows),
  });
  metrics.counter({
    name: 'bellwether_appends_total',
    help: 'Appends that BigQuery has taken.',
    ...of(({ outcomes }) => outcomes.appended),
  });
  metrics.counter({
    name: 'bellwether_appends_repeated_total',
    help: 'Appends whose rows were there already.',
    ...of(({ outcomes }) => outcomes.exists),
  });
  metrics.counter({
    name: 'bellwether_appends_early_total',
    help: "Appends beyond their stream's end, which wait for what is missing.",
    ...of(({ outcomes }) => outcomes.beyond),
  });
  metrics.gauge({
    name: 'bellwether_appends_unanswered',
    help: 'Appends that wait for an answer.',
    ...of(({ unanswered: waiting }) => waiting),
  });
  metrics.gauge({
    name: 'bellwether_append_wait_seconds',
    help: 'How long the oldest append has waited for its answer.',
    ...of(({ unansweredForMs }) => unansweredForMs / 1_000),
  });
  metrics.gauge({
    name: 'bellwether_commits_waiting',
    help: 'Commits whose events are not in BigQuery yet.',
    read: parts.waitingCommits,
  });
  metrics.counter({
    name: 'bellwether_gaps_given_up_total',
    help: 'Runs of ticks that never came.',
    read: parts.gapsGivenUp,
  });
}

/** Why rows do not reach BigQuery now; empty when they do. */
export function unanswered(appends: Appends): readonly string[] {
  return Object.entries(appends).flatMap(([table, { unansweredForMs }]) =>
    unansweredForMs < patienceMs
      ? []
      : [`BigQuery has not answered for ${Math.round(unansweredForMs / 1_000)} s to rows of ${table}`],
  );
}
