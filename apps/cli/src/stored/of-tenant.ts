import type { Command } from 'commander';
import { dataDirOption } from './data-dir-option.ts';

/** The options of commands about what one tenant has stored. */
export function ofTenant(command: Command): Command {
  return command
    .requiredOption('--tenant <id>', 'whose')
    .addOption(dataDirOption())
    .option('--json', 'prints the outcome as one JSON line');
}
