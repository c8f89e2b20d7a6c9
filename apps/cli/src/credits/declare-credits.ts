import type { Command } from 'commander';
import { actorOption, dataDirOption, jsonOption, keyOption, reasonOption } from '../options.ts';
import type { GrantOptions, ShowOptions } from './credits-command.ts';

export function declareCredits(program: Command): void {
  const credits = program
    .command('credits')
    .description(
      'what an account may spend on metered commands, and what moved it; needs nothing but Firestore',
    );
  const onCredits = (name: string, description: string): Command =>
    credits.command(name).description(description).addOption(dataDirOption()).addOption(jsonOption());

  told(onCredits('grant <account> <amount>', 'gives an account ({uid}.{name}) credits')).action(
    async (id: string, amount: string, options: GrantOptions) =>
      (await import('./credits-command.ts')).runCreditsGrant(id, amount, options),
  );

  told(
    onCredits(
      'price <account> <command> <price>',
      'what a command costs an account from now on; "off": nothing',
    ),
  ).action(async (id: string, command: string, price: string, options: GrantOptions) =>
    (await import('./credits-command.ts')).runCreditsPrice(id, command, price, options),
  );

  onCredits(
    'show <account>',
    'what is available and reserved, and the latest transactions with the balance after each',
  )
    .option('--limit <n>', 'the most transactions', '20')
    .action(async (id: string, options: ShowOptions) =>
      (await import('./credits-command.ts')).runCreditsShow(id, options),
    );
}

function told(command: Command): Command {
  return command.addOption(reasonOption()).addOption(actorOption()).addOption(keyOption());
}
