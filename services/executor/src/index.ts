import type { ConnectedBrokers } from './broker/order-desk.ts';
import type { Logger, RunningService } from '@bellwether/observability';

export type { ConnectedBrokers } from './broker/order-desk.ts';
export { Backtest } from './backtest/backtest.ts';
export type { AccountCommits } from './commits/account-commits.ts';
export type { ExitLanes } from './commits/exit-lanes.ts';
export { type Fired, armedKey, subjectOfPosition, watching } from './ticks/fired.ts';
export { ShardBook } from './ticks/shard-book.ts';

/** Starts an executor, which is loaded then: who only backtests needs neither Nest nor Google's clients of the bus. */
export async function startExecutor(
  environment: NodeJS.ProcessEnv,
  logger: Logger,
  connected?: ConnectedBrokers,
): Promise<RunningService> {
  const service = await import('./start-executor.ts');
  return service.startExecutor(environment, logger, connected);
}

/** The classes between what fired and what is published, for those who measure them; loaded then. */
export async function loadCommitPath() {
  const [{ AccountCommits }, { ExitLanes }, { Relay }] = await Promise.all([
    import('./commits/account-commits.ts'),
    import('./commits/exit-lanes.ts'),
    import('./relay/relay.ts'),
  ]);
  return { AccountCommits, ExitLanes, Relay };
}

/** Snapshots of books, with everything that a started executor loads; loaded then. */
export async function loadStartPath() {
  const [{ ShardSnapshots }] = await Promise.all([
    import('./snapshot/shard-snapshots.ts'),
    import('./start-executor.ts'),
  ]);
  return { ShardSnapshots };
}
