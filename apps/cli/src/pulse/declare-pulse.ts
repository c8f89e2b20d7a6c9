import { type Command, Option } from 'commander';
import { usualDataDir } from '../stored/usual-data-dir.ts';
import type { PulseOptions } from './pulse-command.ts';

export function declarePulse(program: Command): void {
  program
    .command('pulse')
    .description(
      'open P&L, equity, exposure and drawdown at the last prices, live: of all tenants, one, or an account',
    )
    .option('--tenant <id>', 'the accounts of this tenant')
    .addOption(
      new Option('--account <id>', 'the positions of this account: {uid}.{name}').conflicts('tenant'),
    )
    .option(
      '--url <url>',
      'where a pulse answers, such as http://127.0.0.1:8790; PULSE_URL unless given, else that of --data-dir',
    )
    .option('--data-dir <dir>', 'that of a running system', usualDataDir)
    .option('--once', 'prints what is now, and ends')
    .option('--json', 'one JSON object a line')
    .action(async (options: PulseOptions) => (await import('./pulse-command.ts')).runPulse(options));
}
