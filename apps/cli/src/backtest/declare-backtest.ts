import type { Command } from 'commander';
import { jsonOption } from '../options.ts';
import { collect } from '../collect.ts';
import type { BacktestCommandOptions } from './backtest-command.ts';

export function declareBacktest(program: Command): void {
  program
    .command('backtest')
    .description('executes what a replay of the tapes executes, in this process alone and at once')
    .requiredOption('--tape <file>', 'a tape (.csv.gz) of trades or quotes; may be given again', collect)
    .requiredOption('--orders <file>', 'positions, triggers, orders and accounts (JSON)')
    .option('--report <file>', 'where the report is written')
    .option('--shards <n>', 'how many shards the symbols are divided over; a replay has two', '1')
    .addOption(jsonOption())
    .action(async (options: BacktestCommandOptions) =>
      (await import('./backtest-command.ts')).runBacktestCommand(options),
    );
}
