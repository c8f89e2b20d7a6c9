import type { Command } from 'commander';
import { dataDirOption, jsonOption } from '../options.ts';

/** The options of commands about what one tenant has stored. */
export function ofTenant(command: Command): Command {
  return command
    .requiredOption('--tenant <id>', 'the tenant')
    .addOption(dataDirOption())
    .addOption(jsonOption());
}
