import { type Command, Option } from 'commander';
import { dataDirOption, jsonOption, shardsOption } from '../options.ts';
import type { RebuildCommandOptions } from './rebuild-command.ts';

export function declareRebuild(program: Command): void {
  program
    .command('rebuild')
    .description("folds every account's journal and compares what comes of it with the stored documents")
    .addOption(dataDirOption())
    .option('--account <id>', 'this account alone: {uid}.{name}')
    .addOption(
      new Option('--projection <name>', "what to rebuild: the account's state, or its books")
        .choices(['state', 'ledger'])
        .default('state'),
    )
    .addOption(shardsOption())
    .option('--write', 'replaces documents that differ by what the journal says')
    .option('--yes', 'confirms --write')
    .addOption(jsonOption())
    .action(async (options: RebuildCommandOptions) =>
      (await import('./rebuild-command.ts')).runRebuildCommand(options),
    );
}
