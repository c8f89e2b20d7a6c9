import type { Command } from 'commander';
import { dataDirOption, jsonOption, shardsOption } from '../options.ts';
import type { ProvisionOptions } from './provision-command.ts';

export function declareProvision(program: Command): void {
  program
    .command('provision')
    .description('creates the topics, subscriptions and tables that the services need and that are missing')
    .addOption(shardsOption())
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
What is there stays as it is, so it may be run again. On Google Cloud:

  GOOGLE_CLOUD_PROJECT=acme-prod bellwether provision --shards 8

docs/GOOGLE_CLOUD.md tells the rest: indexes, and the rights of each service.`,
    )
    .action(async (options: ProvisionOptions) =>
      (await import('./provision-command.ts')).runProvision(options),
    );
}
