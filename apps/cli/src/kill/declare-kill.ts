import { type Command, Option } from 'commander';
import { actorOption, dataDirOption, jsonOption, reasonOption } from '../options.ts';
import type { EngageOptions, ReleaseOptions, StatusOptions } from './kill-command.ts';

export function declareKill(program: Command): void {
  const kill = program
    .command('kill')
    .description(
      'halts trading, lifts a halt, and tells what is halted; needs nothing but Firestore to commit',
    );

  kill
    .command('engage [id]')
    .description('halts an account, a user, a tenant (each by its id) or everything')
    .addOption(killScope().makeOptionMandatory())
    .addOption(reasonOption())
    .option('--flatten', 'closes every position at the market first')
    .option('--until <when>', 'when it ends by itself: "30m", "2h", or a time with its zone')
    .addOption(actorOption())
    .option('--yes', 'confirms it: nobody is asked, and nothing is counted before it is committed')
    .option('--timeout <seconds>', 'how long to wait until every account has followed', '60')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action(async (id: string | undefined, options: EngageOptions) =>
      (await import('./kill-command.ts')).runEngage(id, options),
    );

  kill
    .command('release [id]')
    .description('lifts the halt of that scope; what other scopes hold stays halted')
    .addOption(killScope().makeOptionMandatory())
    .addOption(reasonOption())
    .addOption(actorOption())
    .option('--yes', 'confirms it: nobody is asked')
    .option('--timeout <seconds>', 'how long to wait until every account has followed', '60')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action(async (id: string | undefined, options: ReleaseOptions) =>
      (await import('./kill-command.ts')).runRelease(id, options),
    );

  kill
    .command('status')
    .description('what is halted by user, tenant or globally, how far it is, and what is not closed yet')
    .option('--accounts', 'also every account that does not trade, and what holds it')
    .addOption(dataDirOption())
    .addOption(jsonOption())
    .action(async (options: StatusOptions) => (await import('./kill-command.ts')).runStatus(options));
}

function killScope(): Option {
  return new Option('--scope <scope>', 'whose trading').choices(['account', 'user', 'tenant', 'global']);
}
