import { type Command, Option } from 'commander';
import { actorOption, dataDirOption, jsonOption, keyOption, reasonOption } from '../options.ts';
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
      .requiredOption('--tenant <id>', 'the tenant')
      .option('--uid <id>', 'of this user alone')
      .option('--strategy <name>', 'of this strategy alone')
      .addOption(new Option('--side <side>', 'of this side alone').choices(['buy', 'sell']))
      .option(
        '--from <when>',
        'traded then or later: a day (UTC), a time with its zone, or epoch milliseconds',
      )
      .addOption(before('traded'))
      .addOption(dataDirOption())
      .addOption(csv())
      .addOption(jsonOption());

  statement('trades', 'the latest trades, or with --open what a user has open, newest first')
    .option('--open', 'what --uid has open')
    .option('--limit <n>', 'the most rows', '100')
    .action(async (options: TradesOptions) => (await import('./ledger-command.ts')).runLedgerTrades(options));

  ledger
    .command('positions')
    .description('the positions that were closed last, newest first: what each came to')
    .requiredOption('--tenant <id>', 'the tenant')
    .option('--uid <id>', 'of this user alone')
    .option('--from <when>', 'closed then or later: a day (UTC), a time with its zone, or epoch milliseconds')
    .addOption(before('closed'))
    .option('--limit <n>', 'the most rows', '100')
    .addOption(dataDirOption())
    .addOption(csv())
    .addOption(jsonOption())
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
    .addOption(jsonOption())
    .action(async (account: string, options: EntriesOptions) =>
      (await import('./ledger-command.ts')).runLedgerEntries(account, options),
    );

  ledger
    .command('reverse <event-id>')
    .description(
      'takes back, once, what was deposited, taken out, granted or charged by mistake: by an entry of its own; the system must run',
    )
    .requiredOption('--tenant <id>', 'the tenant whose account it is')
    .addOption(reasonOption())
    .addOption(actorOption())
    .addOption(keyOption())
    .option('--timeout <seconds>', 'how long to wait for the answer', '10')
    .addOption(jsonOption())
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
    .addOption(jsonOption())
    .action(async (options: BalancesOptions) =>
      (await import('./ledger-command.ts')).runLedgerBalances(options),
    );
}

function csv(): Option {
  return new Option('--csv', 'prints CSV with a line of names, as without it').conflicts('json');
}

function before(what: string): Option {
  return new Option('--before, --to <when>', `${what} before then; --before is the older name`);
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
