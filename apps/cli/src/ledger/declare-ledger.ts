import { type Command, Option } from 'commander';
import { dataDirOption } from '../stored/data-dir-option.ts';
import type { BalancesOptions, PnlOptions, TradesOptions } from './ledger-command.ts';

export function declareLedger(program: Command): void {
  const ledger = program.command('ledger').description('statements of what is booked, as CSV or JSON');
  const statement = (name: string, description: string): Command =>
    ledger
      .command(name)
      .description(description)
      .requiredOption('--tenant <id>', 'whose')
      .option('--uid <id>', 'of this user alone')
      .option('--strategy <name>', 'of this strategy alone')
      .addOption(new Option('--side <side>', 'of this side alone').choices(['buy', 'sell']))
      .option('--from <when>', 'traded then or later: a day, UTC, or a time with its zone')
      .option('--before <when>', 'traded before')
      .addOption(dataDirOption())
      .addOption(csv())
      .option('--json', 'one JSON list, on one line');

  statement('trades', 'the latest trades, or with --open what a user has open, newest first')
    .option('--open', 'what --uid has open')
    .option('--limit <n>', 'the most rows', '100')
    .action(async (options: TradesOptions) => (await import('./ledger-command.ts')).runLedgerTrades(options));

  ledger
    .command('positions')
    .description('the positions that were closed last, newest first: what each came to')
    .requiredOption('--tenant <id>', 'whose')
    .option('--uid <id>', 'of this user alone')
    .option('--from <when>', 'closed then or later: a day, UTC, or a time with its zone')
    .option('--before <when>', 'closed before')
    .option('--limit <n>', 'the most rows', '100')
    .addOption(dataDirOption())
    .addOption(csv())
    .option('--json', 'one JSON list, on one line')
    .action(async (options: TradesOptions) =>
      (await import('./ledger-command.ts')).runLedgerPositions(options),
    );

  statement('pnl', 'realized profit and loss, fees and what remains, by period and group')
    .addOption(periods())
    .addOption(groups('strategy'))
    .action(async (options: PnlOptions) => (await import('./ledger-command.ts')).runLedgerPnl(options));

  statement('fees', 'fees paid, by period and group')
    .addOption(periods())
    .addOption(groups('none'))
    .action(async (options: PnlOptions) => (await import('./ledger-command.ts')).runLedgerFees(options));

  ledger
    .command('balances')
    .description('what is booked on each ledger account, summed over the accounts of a tenant or of all')
    .option('--tenant <id>', 'of this tenant')
    .addOption(new Option('--house', 'of all tenants').conflicts('tenant'))
    .addOption(dataDirOption())
    .addOption(csv())
    .option('--json', 'one JSON list, on one line')
    .action(async (options: BalancesOptions) =>
      (await import('./ledger-command.ts')).runLedgerBalances(options),
    );
}

function csv(): Option {
  return new Option('--csv', 'CSV with a line of names; so it is unless --json is given').conflicts('json');
}

function periods(): Option {
  return new Option('--period <period>', 'days, weeks from Monday, or months, UTC')
    .choices(['day', 'week', 'month'])
    .default('day');
}

function groups(initial: string): Option {
  return new Option('--by <group>', 'a trade counts under each of its tags')
    .choices(['strategy', 'symbol', 'tag', 'none'])
    .default(initial);
}
