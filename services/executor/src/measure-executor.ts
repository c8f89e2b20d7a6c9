import type { Clock } from '@bellwether/domain';
import { type Observe, type ServiceMetrics, latencySeconds } from '@bellwether/observability';
import type { CommitCounts } from '@bellwether/store';
import type { ExitLanes } from './commits/exit-lanes.ts';
import type { Relay } from './relay/relay.ts';
import type { Sweeper } from './relay/sweeper.ts';
import type { ShardCounts } from './shards/shard-counts.ts';
import type { Shards } from './shards/shards.ts';

export interface ExecutorParts {
  readonly shards: Pick<Shards, 'counts' | 'armed'>;
  readonly commits: CommitCounts;
  readonly exits: Pick<ExitLanes, 'counts' | 'heldAccounts'>;
  readonly relay: Pick<Relay, 'counts' | 'pending'>;
  readonly sweeper: Pick<Sweeper, 'swept' | 'left'>;
  readonly clock: Clock;
}

/** What is observed while work is done; everything else is read when somebody asks. */
export interface ExecutorObservations {
  /** Seconds from a tick's receipt by market-feed until what it fired was durable. */
  readonly tickToCommit: Observe;
  /** Seconds that the answer to a command took here, by the command's name. */
  readonly command: Observe;
  readonly refused: Map<string, number>;
}

export function observeExecutor(metrics: ServiceMetrics): ExecutorObservations {
  const refused = new Map<string, number>();
  metrics.counter({
    name: 'bellwether_commands_refused_total',
    help: 'Commands that were answered with a refusal, by its reason.',
    label: 'reason',
    read: () => refused,
  });
  return {
    tickToCommit: metrics.distribution({
      name: 'bellwether_tick_to_commit_seconds',
      help: 'From the receipt of a tick by market-feed until what it fired was durable.',
      buckets: latencySeconds,
    }),
    command: metrics.distribution({
      name: 'bellwether_command_seconds',
      help: 'From the arrival of a command until its answer.',
      label: 'command',
      buckets: latencySeconds,
    }),
    refused,
  };
}

/** Tells what an executor judges, commits and publishes. */
export function measureExecutor(metrics: ServiceMetrics, parts: ExecutorParts): void {
  measureShards(metrics, parts);
  measureCommits(metrics, parts);
  measureOutbox(metrics, parts);
}

function measureShards(metrics: ServiceMetrics, { shards, clock }: ExecutorParts): void {
  const of = (read: (counts: ShardCounts) => number) => ({
    label: 'shard',
    read: () => shards.counts.map((counts, shard) => [String(shard), read(counts)] as const),
  });
  metrics.counter({
    name: 'bellwether_ticks_judged_total',
    help: 'Ticks that were judged.',
    ...of(({ ticks }) => ticks),
  });
  metrics.counter({
    name: 'bellwether_frames_judged_total',
    help: 'Frames of ticks that were judged.',
    ...of(({ frames }) => frames),
  });
  metrics.counter({
    name: 'bellwether_checkpoints_total',
    help: 'Checkpoints that were written.',
    ...of(({ checkpoints }) => checkpoints),
  });
  metrics.gauge({
    name: 'bellwether_frames_behind',
    help: 'Frames that are here and wait for one that is missing.',
    ...of(({ waiting }) => waiting),
  });
  metrics.gauge({
    name: 'bellwether_frames_uncovered',
    help: 'Judged frames whose messages wait for a checkpoint.',
    ...of(({ uncovered }) => uncovered),
  });
  metrics.gauge({
    name: 'bellwether_judged_behind_seconds',
    help: 'How old the newest judged tick is, by its receipt; it grows while the market is silent.',
    ...of(({ judgedUpTo }) => (judgedUpTo === 0 ? 0 : Math.max(0, clock.now() - judgedUpTo) / 1_000)),
  });
  metrics.gauge({
    name: 'bellwether_armed',
    help: 'Positions, triggers, orders and signals that are watched, by shards that are held here.',
    label: 'shard',
    read: () => shards.armed.map(([shard, armed]) => [String(shard), armed] as const),
  });
}

function measureCommits(metrics: ServiceMetrics, { commits, exits }: ExecutorParts): void {
  const count = (name: string, help: string, read: () => number): void =>
    metrics.counter({ name, help, read });
  count('bellwether_commits_total', 'Commits to journals of accounts.', () => commits.committed);
  count(
    'bellwether_commits_contended_total',
    'Commits that another writer was faster than.',
    () => commits.contended,
  );
  count(
    'bellwether_commits_refused_total',
    "Commits that Firestore refused at the journal's head.",
    () => commits.refusedAtHead,
  );
  count(
    'bellwether_commits_aborted_total',
    'Commits that Firestore aborted for contention, and that were sent again.',
    () => commits.aborted,
  );
  metrics.counter({
    name: 'bellwether_commits_ambiguous_total',
    help: 'Commits whose answer was an error, by what the journal said then: applied, or sent again.',
    label: 'resolution',
    read: () => [
      ['applied', commits.appliedUnclear],
      ['sentAgain', commits.sentAgain],
    ],
  });
  count('bellwether_executions_total', 'What fired and is committed.', () => exits.counts.executed);
  count(
    'bellwether_executions_refused_total',
    'What fired and did not count: its account is halted, it is being closed, or it is not armed any more.',
    () => exits.counts.refused,
  );
  metrics.counter({
    name: 'bellwether_executions_retried_total',
    help: 'Tries to commit executions that have to be made again, by why.',
    label: 'why',
    read: () => [
      ['contended', exits.counts.contended],
      ['failed', exits.counts.failed],
    ],
  });
  metrics.gauge({
    name: 'bellwether_halted_accounts_waiting',
    help: 'Accounts of which something fired that their trading does not let execute.',
    read: () => exits.heldAccounts().length,
  });
}

function measureOutbox(metrics: ServiceMetrics, { relay, sweeper }: ExecutorParts): void {
  metrics.gauge({
    name: 'bellwether_outbox_pending',
    help: 'Commits of this process that are being published, or whose pointers are not deleted yet.',
    read: () => relay.pending,
  });
  metrics.gauge({
    name: 'bellwether_outbox_left',
    help: 'Commits that the sweeper found unpublished at its last look.',
    read: () => sweeper.left,
  });
  metrics.counter({
    name: 'bellwether_commits_published_total',
    help: 'Commits whose message Pub/Sub has taken.',
    read: () => relay.counts.published,
  });
  metrics.counter({
    name: 'bellwether_commits_unpublished_total',
    help: 'Publications that failed and are left to the sweeper.',
    read: () => relay.counts.failed,
  });
  metrics.counter({
    name: 'bellwether_commits_swept_total',
    help: 'Commits that the sweeper published.',
    read: () => sweeper.swept,
  });
}
