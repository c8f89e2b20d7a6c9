import { type Command, Option } from 'commander';
import { collect } from '../collect.ts';
import type { ReplayCommandOptions } from './replay-command.ts';

export function declareReplay(program: Command): void {
  program
    .command('replay')
    .description('replays recorded tapes through the whole system and reports every execution')
    .requiredOption('--tape <file>', 'a tape (.csv.gz) of trades or quotes; may be given again', collect)
    .requiredOption('--orders <file>', 'positions, triggers, orders and accounts (JSON)')
    .requiredOption('--report <file>', 'where the report is written')
    .option('--speed <n>', '"max", or how many times as fast as the tape', 'max')
    .addOption(
      new Option('--sanity <on|off>', 'the price band and staleness checks')
        .choices(['on', 'off'])
        .default('off'),
    )
    .option('--discord-limits', 'the Discord sink limits the rate of messages, as Discord does')
    .option('--split', 'runs each service as a process of its own')
    .option('--restart', 'with --split: a service that dies is started again')
    .option('--log-dir <dir>', "keeps the services' logs here")
    .action(async (options: ReplayCommandOptions) =>
      (await import('./replay-command.ts')).runReplayCommand(options),
    );
}
