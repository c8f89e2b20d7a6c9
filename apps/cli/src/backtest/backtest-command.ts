import { writeFile } from 'node:fs/promises';
import { shardsOf } from '../shards-of.ts';
import { userPath } from '../processes/entry.ts';
import { outcomeOf } from '../replay/report.ts';
import { checkReportFolder } from '../replay/report-file.ts';
import { runBacktest } from './run-backtest.ts';

export interface BacktestCommandOptions {
  readonly tape: readonly string[];
  readonly orders: string;
  readonly report?: string;
  readonly shards: string;
  readonly json?: boolean;
}

/** `bellwether backtest`: the report in a file, or its summary or JSON on stdout. */
export async function runBacktestCommand(options: BacktestCommandOptions): Promise<void> {
  const shards = shardsOf(options.shards);
  const file = options.report === undefined ? undefined : await checkReportFolder(options.report);
  const report = await runBacktest({
    tapes: options.tape.map(userPath),
    orders: userPath(options.orders),
    shards,
  });
  const text = `${JSON.stringify(report, undefined, 2)}\n`;
  if (file !== undefined) await writeFile(file, text);
  // The process's own time is no part of the report, which must not change from run to run.
  const seconds = Math.round(performance.now()) / 1_000;
  const { ticks, frames } = report;
  const count = new Intl.NumberFormat('en-US');
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ ...report, seconds })}\n`
      : `${count.format(ticks)} ticks in ${count.format(frames)} frames, ${seconds.toFixed(1)} s\n${outcomeOf(report)}\n`,
  );
}
