import type { Command } from 'commander';
import { ofTenant } from '../stored/of-tenant.ts';
import type { NotifyTestOptions } from './notify-command.ts';

export function declareNotify(program: Command): void {
  ofTenant(
    program
      .command('notify')
      .description('tries out how a tenant is told')
      .command('test')
      .description('sends a marked message to a channel, active or not, and tells what came of it'),
  )
    .requiredOption('--channel <id>', 'its id')
    .option('--actor <name>', 'who asks, as the message says; "cli:" and your login unless given')
    .action(async (options: NotifyTestOptions) =>
      (await import('./notify-command.ts')).runNotifyTest(options),
    );
}
