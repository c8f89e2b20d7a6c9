import type { Command } from 'commander';
import type { TenantOptions } from '../stored/answer.ts';
import { ofTenant } from '../stored/of-tenant.ts';

export function declareRules(program: Command): void {
  const rules = program
    .command('rules')
    .description('which alerts of a tenant are sent, silent, off, grouped, or wait for a time of day');

  ofTenant(
    rules.command('list', { isDefault: true }).description('all rules, in the order in which they decide'),
  ).action(async (options: TenantOptions) => (await import('./rules-command.ts')).runRulesList(options));

  ofTenant(rules.command('show <id>').description('one rule, as `rules set` takes it')).action(
    async (id: string, options: TenantOptions) =>
      (await import('./rules-command.ts')).runRulesShow(id, options),
  );

  ofTenant(rules.command('set <id> <file.json>').description('adds a rule, or puts another in its place'))
    .addHelpText(
      'after',
      `
The file ("-" reads stdin) holds one JSON object. Of the rules that match an alert
the one of the lowest "order" decides; without one it is sent.

An alert matches when it meets each of the conditions that are given:
  "uid"          of this user
  "eventTypes"   as \`templates show\` takes them
  "severities"   critical, warning, success, info
  "symbols", "strategies", "channels"
  "modes"        shadow, live
  "exitReasons"  stopLoss, takeProfit, trailingStop, timeExit, manual, trigger,
                 order, flatten, reset

What becomes of it:
  "delivery"     "on", "silent" or "off"
  "quietHours"   {"from": "22:00", "to": "07:00", "zone": "Europe/Berlin"}:
                 all but the critical waits for their end
  "grouping"     {"seconds": 30, "after": 5}: more than five within 30 seconds
                 become a digest; with 0 seconds none do
  "updates"      "both", "edit" or "none": whether the message of an opening is
                 edited when its position closes

For example:

  echo '{"order": 10, "eventTypes": ["PositionOpened"], "modes": ["shadow"], "delivery": "silent"}' |
    bellwether rules set --tenant acme shadow-openings -`,
    )
    .action(async (id: string, file: string, options: TenantOptions) =>
      (await import('./rules-command.ts')).runRulesSet(id, file, options),
    );

  ofTenant(rules.command('remove <id>').description('removes a rule: those that are left decide')).action(
    async (id: string, options: TenantOptions) =>
      (await import('./rules-command.ts')).runRulesRemove(id, options),
  );
}
