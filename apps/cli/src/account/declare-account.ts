import type { Command } from 'commander';
import { dataDirOption, jsonOption } from '../options.ts';
import type { AnswerOptions } from '../stored/answer.ts';

export function declareAccount(program: Command): void {
  const account = program
    .command('account')
    .description(
      'what stands in accounts: trading, cash, positions with exits, orders, triggers, broker differences',
    );
  const accountCommand = (name: string, description: string): Command =>
    account.command(name).description(description).addOption(dataDirOption()).addOption(jsonOption());

  accountCommand('list', 'every account, a line each')
    .option('--tenant <id>', 'those of this tenant alone')
    .action(async (options: AnswerOptions) => (await import('./account-command.ts')).runAccountList(options));

  accountCommand(
    'show <id>',
    'everything in one account, and the commands that settle where it and its broker differ',
  ).action(async (id: string, options: AnswerOptions) =>
    (await import('./account-command.ts')).runAccountShow(id, options),
  );
}
