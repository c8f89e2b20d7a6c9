import { checkSpeed } from '../check-speed.ts';
import { InputError } from '../input-error.ts';
import { userPath } from '../processes/entry.ts';
import { openProgress } from './progress.ts';
import { checkReportFile, writeReport } from './report-file.ts';
import { summaryOf } from './report.ts';
import { runReplay } from './run-replay.ts';

export interface ReplayCommandOptions {
  readonly tape: readonly string[];
  readonly orders: string;
  readonly report: string;
  readonly speed: string;
  readonly sanity: 'on' | 'off';
  readonly discordLimits?: boolean;
  readonly split?: boolean;
  readonly restart?: boolean;
  readonly logDir?: string;
}

/** `bellwether replay`: progress on stderr, the summary on stdout, exit code 0 only if all was processed. */
export async function runReplayCommand(options: ReplayCommandOptions): Promise<void> {
  const progress = openProgress(process.stderr);
  try {
    checkSpeed(options.speed, { orMax: true });
    if (options.restart === true && options.split !== true)
      throw new InputError('--restart: needs --split, since only a process of its own can die alone');
    const [tapes, orders] = [options.tape.map(userPath), userPath(options.orders)];
    const file = await checkReportFile(options.report, [...tapes, orders]);
    const report = await runReplay(
      {
        tapes,
        orders,
        speed: options.speed,
        sanity: options.sanity === 'on',
        discordLimits: options.discordLimits ?? false,
        split: options.split ?? false,
        restart: options.restart ?? false,
        ...(options.logDir === undefined ? {} : { logDir: userPath(options.logDir) }),
      },
      progress,
    );
    await writeReport(file, report);
    progress.end();
    process.stdout.write(`${summaryOf(report)}\n`);
    process.exit(report.ledger.balanced ? 0 : 1);
  } catch (error) {
    progress.end();
    throw error;
  }
}
