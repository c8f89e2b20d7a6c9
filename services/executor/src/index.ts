import type { Logger, RunningService } from '@bellwether/observability';

export { Backtest } from './backtest/backtest.ts';
export { armedKey } from './ticks/fired.ts';
export { ShardBook } from './ticks/shard-book.ts';

/** Starts an executor, which is loaded then: who only backtests needs neither Nest nor Google's clients of the bus. */
export async function startExecutor(environment: NodeJS.ProcessEnv, logger: Logger): Promise<RunningService> {
  const service = await import('./start-executor.ts');
  return service.startExecutor(environment, logger);
}
