import { type Command, Option } from 'commander';
import { dataDirOption } from '../stored/data-dir-option.ts';
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
    .option('--shards <n>', 'how the topology divides the symbols; SHARDS unless given, else 2')
    .option('--write', 'replaces documents that differ by what the journal says')
    .option('--yes', 'confirms --write')
    .option('--json', 'prints one JSON list of the accounts, on one line')
    .action(async (options: RebuildCommandOptions) =>
      (await import('./rebuild-command.ts')).runRebuildCommand(options),
    );
}
