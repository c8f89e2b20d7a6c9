import type { Command } from 'commander';
import type { TenantOptions } from '../stored/answer.ts';
import { ofTenant } from '../stored/of-tenant.ts';
import type { PreviewOptions } from './templates-command.ts';

export function declareTemplates(program: Command): void {
  const templates = program
    .command('templates')
    .description("the first lines of a tenant's alerts, in its own words");

  ofTenant(templates.command('list', { isDefault: true }).description('every template with its text')).action(
    async (options: TenantOptions) => (await import('./templates-command.ts')).runTemplatesList(options),
  );

  ofTenant(
    templates
      .command('show <event-type>')
      .description('the template of alerts of that type, and the names that it may hold'),
  ).action(async (of: string, options: TenantOptions) =>
    (await import('./templates-command.ts')).runTemplatesShow(of, options),
  );

  ofTenant(
    templates
      .command('set <event-type> <text>')
      .description('alerts of that type begin with the text; "-" reads it from stdin'),
  )
    .addHelpText(
      'after',
      `
Names in braces stand for what the alert is about; \`bellwether templates show TYPE\`
lists those that a type has. What they stand for is escaped, and so is the text:
nothing of it is markup or pings anybody. For example:

  bellwether templates set --tenant acme PositionClosed \\
    '{symbol} {side} out at {price}: {pnl} {currency} by {reason}'`,
    )
    .action(async (of: string, text: string, options: TenantOptions) =>
      (await import('./templates-command.ts')).runTemplatesSet(of, text, options),
    );

  ofTenant(
    templates.command('remove <event-type>').description('alerts of that type begin as usual again'),
  ).action(async (of: string, options: TenantOptions) =>
    (await import('./templates-command.ts')).runTemplatesRemove(of, options),
  );

  ofTenant(
    templates
      .command('preview <event-type>')
      .description('shows the message that Discord would get of an alert; nothing is sent'),
  )
    .option('--text <text>', "instead of the tenant's template")
    .option('--event <id>', 'of this event, as its alert shows its id, instead of a sample')
    .addHelpText(
      'after',
      `
For example:

  bellwether templates preview --tenant acme PositionClosed --text '{symbol}: {pnl} {currency}'
  bellwether templates preview --tenant acme PositionClosed --event ann.main:0000000012:1`,
    )
    .action(async (of: string, options: PreviewOptions) =>
      (await import('./templates-command.ts')).runTemplatesPreview(of, options),
    );
}
