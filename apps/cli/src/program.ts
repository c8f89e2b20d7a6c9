import { Command } from 'commander';
import { declareAccount } from './account/declare-account.ts';
import { declareArchive } from './archive/declare-archive.ts';
import { declareBacktest } from './backtest/declare-backtest.ts';
import { declareChannels } from './channels/declare-channels.ts';
import { declareCloud } from './cloud/declare-cloud.ts';
import { declareIndexes } from './cloud/declare-indexes.ts';
import { declareCommand } from './command/declare-command.ts';
import { declareCredits } from './credits/declare-credits.ts';
import { declareDlq } from './dlq/declare-dlq.ts';
import { declareHistory } from './history/declare-history.ts';
import { declareInstruments } from './instruments/declare-instruments.ts';
import { declareKill } from './kill/declare-kill.ts';
import { declareLedger } from './ledger/declare-ledger.ts';
import { declareNotify } from './notify/declare-notify.ts';
import { declareProvision } from './provision/declare-provision.ts';
import { declarePulse } from './pulse/declare-pulse.ts';
import { declareRebuild } from './rebuild/declare-rebuild.ts';
import { declareReplay } from './replay/declare-replay.ts';
import { declareRules } from './rules/declare-rules.ts';
import { declareStart } from './start/declare-start.ts';
import { declareSummaries } from './summaries/declare-summaries.ts';
import { declareTemplates } from './templates/declare-templates.ts';
import { declareVerify } from './verify/declare-verify.ts';
import { help } from './help.ts';

/** The `bellwether` command. Each of its commands loads only what it needs. */
export function bellwether(): Command {
  const program = new Command('bellwether')
    .description('Watches markets, executes stops, targets and triggers, and tells only what is committed.')
    .configureHelp(help)
    .showHelpAfterError('(--help explains the options)')
    // Inherited by all commands: what is wrong with the input ends with 2, as everywhere.
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

  program.commandsGroup('Run it:');
  declareStart(program);
  declareReplay(program);
  declareBacktest(program);
  program.commandsGroup('Trade:');
  declareCommand(program);
  declareAccount(program);
  declareInstruments(program);
  declareCredits(program);
  declareKill(program);
  program.commandsGroup('See what came of it:');
  declarePulse(program);
  declareLedger(program);
  declareHistory(program);
  declareArchive(program);
  program.commandsGroup('Tell it:');
  declareChannels(program);
  declareRules(program);
  declareTemplates(program);
  declareSummaries(program);
  declareNotify(program);
  declareDlq(program);
  program.commandsGroup('Check and repair:');
  declareVerify(program);
  declareRebuild(program);
  program.commandsGroup('The clouds:');
  declareCloud(program);
  declareIndexes(program);
  declareProvision(program);
  return program;
}
