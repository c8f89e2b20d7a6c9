import { type Command, Option } from 'commander';
import { usualDataDir } from '../stored/usual-data-dir.ts';
import type { PulseOptions } from './pulse-command.ts';

export function declarePulse(program: Command): void {
  program
    .command('pulse')
    .description(
      'open P&L, equity, exposure and drawdown at the last prices, live: of all tenants, one, or an account',
    )
    .option('--tenant <id>', 'its accounts')
    .addOption(new Option('--account <id>', 'its positions: {uid}.{name}').conflicts('tenant'))
    .option(
      '--url <url>',
      'of a running pulse on this machine; without it PULSE_URL says where, else --data-dir',
    )
    .option('--data-dir <dir>', 'of a system that runs', usualDataDir)
    .option('--once', 'ends after the first')
    .option('--json', 'one JSON object a line')
    .action(async (options: PulseOptions) => (await import('./pulse-command.ts')).runPulse(options));
}
