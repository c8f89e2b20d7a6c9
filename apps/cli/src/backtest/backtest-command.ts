import { noProgress, openProgress } from '../replay/progress.ts';
import { counted } from '../counted.ts';
import { userPath } from '../processes/entry.ts';
import { outcomeOf } from '../replay/report.ts';
import { checkReportFile, writeReport } from '../replay/report-file.ts';
import { shardsOf } from '../shards-of.ts';
import { runBacktest } from './run-backtest.ts';

export interface BacktestCommandOptions {
  readonly tape: readonly string[];
  readonly orders: string;
  readonly report?: string;
  readonly shards: string;
  readonly json?: boolean;
}

/** `bellwether backtest`: progress on a terminal, the report in a file, its summary or JSON on stdout. */
export async function runBacktestCommand(options: BacktestCommandOptions): Promise<void> {
  const shards = shardsOf(options.shards);
  const [tapes, orders] = [options.tape.map(userPath), userPath(options.orders)];
  const file =
    options.report === undefined ? undefined : await checkReportFile(options.report, [...tapes, orders]);
  const progress = process.stderr.isTTY ? openProgress(process.stderr) : noProgress;
  try {
    const report = await runBacktest({ tapes, orders, shards }, progress);
    if (file !== undefined) await writeReport(file, report);
    progress.end();
    process.stdout.write(options.json === true ? `${JSON.stringify(report)}\n` : `${summaryOf(report)}\n`);
  } catch (error) {
    progress.end();
    throw error;
  }
}

/** The process's own time stands here alone: a report must not change from run to run. */
function summaryOf(report: Awaited<ReturnType<typeof runBacktest>>): string {
  const seconds = (performance.now() / 1_000).toFixed(1);
  return `${counted(report.ticks, 'tick')} in ${counted(report.frames, 'frame')}, ${seconds} s\n${outcomeOf(report)}`;
}
