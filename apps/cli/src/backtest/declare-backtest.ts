import type { Command } from 'commander';
import { collect } from '../collect.ts';
import type { BacktestCommandOptions } from './backtest-command.ts';

export function declareBacktest(program: Command): void {
  program
    .command('backtest')
    .description('executes what a replay of the tapes executes, in this process alone and at once')
    .requiredOption('--tape <file.csv.gz>', 'a tape of trades or quotes (may be given again)', collect, [])
    .requiredOption('--orders <orders.json>', 'positions, triggers and orders')
    .option('--report <out.json>', 'where the report is written')
    .option('--shards <n>', 'how many shards the symbols are divided over; a replay has two', '1')
    .option('--json', 'prints the report on stdout, on one line')
    .action(async (options: BacktestCommandOptions) =>
      (await import('./backtest-command.ts')).runBacktestCommand(options),
    );
}
