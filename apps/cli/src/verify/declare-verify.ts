import type { Command } from 'commander';
import { dataDirOption, jsonOption } from '../options.ts';
import type { VerifyCommandOptions } from './verify-command.ts';

export function declareVerify(program: Command): void {
  program
    .command('verify')
    .description('recomputes from what is stored whether every account adds up: journal, state, books')
    .addOption(dataDirOption())
    .option('--account <id>', 'this account alone: {uid}.{name}')
    .option(
      '--patience <seconds>',
      'how long a running ledger may take to book what is committed; 10 unless given, 0 with --data-dir',
    )
    .addOption(jsonOption())
    .action(async (options: VerifyCommandOptions) =>
      (await import('./verify-command.ts')).runVerifyCommand(options),
    );
}
