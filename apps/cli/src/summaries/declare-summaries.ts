import { type Command, Option } from 'commander';
import type { TenantOptions } from '../stored/answer.ts';
import { ofTenant } from '../stored/of-tenant.ts';
import type { SetOptions } from './summaries-command.ts';

export function declareSummaries(program: Command): void {
  const summaries = program
    .command('summaries')
    .description('what a tenant traded, told on its channels each day or week');

  ofTenant(
    summaries.command('list', { isDefault: true }).description('every summary with what it tells, and when'),
  ).action(async (options: TenantOptions) =>
    (await import('./summaries-command.ts')).runSummariesList(options),
  );

  ofTenant(summaries.command('set <id>').description('adds a summary, or puts another in its place'))
    .addOption(
      new Option('--period <period>', 'the day before, or on Mondays the week before')
        .choices(['day', 'week'])
        .makeOptionMandatory(),
    )
    .option('--zone <zone>', 'whose days: a time zone of IANA', 'UTC')
    .option('--at <time>', 'when it is told: a time of day there', '08:00')
    .addHelpText(
      'after',
      `
For example:

  bellwether summaries set --tenant acme daily --period day --zone Europe/Berlin --at 07:30`,
    )
    .action(async (id: string, options: SetOptions) =>
      (await import('./summaries-command.ts')).runSummariesSet(id, options),
    );

  ofTenant(summaries.command('off <id>').description('tells a summary no more; `set` tells it again')).action(
    async (id: string, options: TenantOptions) =>
      (await import('./summaries-command.ts')).runSummariesOff(id, options),
  );

  ofTenant(
    summaries
      .command('preview <id>')
      .description('what a summary tells next, by what is traded until now; nothing is sent'),
  ).action(async (id: string, options: TenantOptions) =>
    (await import('./summaries-command.ts')).runSummariesPreview(id, options),
  );
}
