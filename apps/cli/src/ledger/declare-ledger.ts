import { type Command, Option } from 'commander';
import { dataDirOption } from '../stored/data-dir-option.ts';
import type { ReverseOptions } from './reverse-command.ts';
import type { BalancesOptions, EntriesOptions, PnlOptions, TradesOptions } from './ledger-command.ts';

export function declareLedger(program: Command): void {
  const ledger = program
    .command('ledger')
    .description('statements of what is booked, as CSV or JSON, and taking back what was booked by mistake');
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
    .command('entries <account>')
    .description('the latest entries of an account ({uid}.{name}) with their postings, newest first')
    .option('--limit <n>', 'the most entries', '20')
    .addOption(dataDirOption())
    .addOption(csv())
    .option('--json', 'one JSON list, on one line')
    .action(async (account: string, options: EntriesOptions) =>
      (await import('./ledger-command.ts')).runLedgerEntries(account, options),
    );

  ledger
    .command('reverse <event-id>')
    .description(
      'takes back, once, what was deposited, taken out, granted or charged by mistake: by an entry of its own; the system must run',
    )
    .requiredOption('--tenant <id>', 'whose the account is')
    .requiredOption('--reason <text>', 'why; stored and shown with it')
    .option('--actor <name>', 'who; "cli:" and your login unless given')
    .option('--key <key>', 'makes it idempotent; a new one unless given')
    .option('--timeout <seconds>', 'how long to wait for the answer', '10')
    .option('--json', 'prints the answer as one JSON line')
    .addOption(dataDirOption())
    .addHelpText('after', '\n`bellwether ledger entries ACCOUNT` tells the ids of events.')
    .action(async (eventId: string, options: ReverseOptions) =>
      (await import('./reverse-command.ts')).runLedgerReverse(eventId, options),
    );

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
