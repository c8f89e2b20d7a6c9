import { type Command, Option } from 'commander';
import { actorOption, jsonOption, keyOption } from '../options.ts';
import type { ListOptions, SendOptions } from './command-command.ts';

export function declareCommand(program: Command): void {
  const commands = program
    .command('command')
    .description('tells what can be asked of an account, and asks it');

  commands
    .command('list')
    .description('every command with its fields; those with a question mark may be left out')
    .addOption(jsonOption())
    .action(async (options: ListOptions) => (await import('./command-command.ts')).runCommandList(options));

  commands
    .command('show <name>')
    .description('the JSON Schema of what a command takes as --data')
    .action(async (name: string) => (await import('./command-command.ts')).runCommandShow(name));

  commands
    .command('send <name>')
    .description('sends a command to a running system and awaits its answer; the same key acts once')
    .requiredOption('--tenant <id>', 'the tenant whose account it is')
    .requiredOption('--account <id>', 'the account: {uid}.{name}')
    .option('--data <json>', "the command's own fields, one JSON object")
    .addOption(new Option('--file <file>', 'reads them from a file; "-" is standard input').conflicts('data'))
    .addOption(keyOption())
    .addOption(actorOption())
    .option('--reason <text>', 'why; stored and shown with it, where the command keeps it')
    .option('--timeout <seconds>', 'how long to wait for the answer', '10')
    .addOption(jsonOption())
    .option(
      '--data-dir <dir>',
      "of a system that runs; without it the environment's cloud, else that of npm start",
    )
    .addHelpText(
      'after',
      `
For example:

  bellwether command send ClosePosition --tenant acme --account ann.main --reason "taking profit" \\
    --data '{"positionId": "p1", "symbol": "BTC-USDT", "size": {"share": "0.5"}}'`,
    )
    .action(async (name: string, options: SendOptions) =>
      (await import('./command-command.ts')).runCommandSend(name, options),
    );
}
