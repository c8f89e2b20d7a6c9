import { Command } from 'commander';
import 'reflect-metadata';
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
import { isGoogles } from './stored/cloud-named-by.ts';
import { declareSummaries } from './summaries/declare-summaries.ts';
import { declareTemplates } from './templates/declare-templates.ts';
import { declareVerify } from './verify/declare-verify.ts';
import { fail } from './fail.ts';

const program = new Command('bellwether')
  .description('Watches markets, executes stops, targets and triggers, and tells only what is committed.')
  .showHelpAfterError('(--help explains the options)')
  // Inherited by all commands: what is wrong with the input ends with 2, as everywhere.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

// In the order of the help. Each command loads only what it needs.
declareStart(program);
declareReplay(program);
declareInstruments(program);
declareBacktest(program);
declareCommand(program);
declareAccount(program);
declareKill(program);
declareRebuild(program);
declareVerify(program);
declareHistory(program);
declareLedger(program);
declareArchive(program);
declareCredits(program);
declarePulse(program);
declareChannels(program);
declareRules(program);
declareTemplates(program);
declareSummaries(program);
declareNotify(program);
declareDlq(program);
declareCloud(program);
declareIndexes(program);
declareProvision(program);

// Google's clients look for a metadata server where the cloud is Google's, and nowhere else.
if (!isGoogles(process.env)) process.env['METADATA_SERVER_DETECTION'] ??= 'none';
try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}
