import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { root } from './root.ts';

const entry = join(root, 'apps/cli/dist/main.js');

const Execution = z.object({
  id: z.string(),
  uid: z.string(),
  reason: z.enum(['stopLoss', 'takeProfit', 'trailingStop', 'timeExit', 'entry', 'trigger']),
  tick: z.object({ tsMs: z.number(), symbol: z.string(), price: z.string() }),
  fillPrice: z.string().nullable(),
  quantity: z.string().nullable(),
  realizedPnl: z.string().nullable(),
  journalSeq: z.number(),
});
const outcome = {
  ticks: z.number(),
  frames: z.number(),
  refused: z.array(z.object({ id: z.string(), action: z.string(), reason: z.string(), detail: z.string() })),
  open: z.array(z.string()),
  armed: z.array(z.string()),
  working: z.array(z.string()),
};
const Backtested = z.object({ ...outcome, executions: z.array(Execution) });
const Report = z.object({
  ...outcome,
  seconds: z.number(),
  executions: z.array(
    Execution.extend({
      committedAt: z.number(),
      publishedAt: z.number().nullable(),
      notifiedAt: z.number().nullable(),
    }),
  ),
  firestore: z.object({ reads: z.number(), writes: z.number(), deletes: z.number() }),
  pubsub: z.object({ messages: z.number(), bytes: z.number() }),
  events: z.number(),
  bigquery: z.object({ tickRows: z.number(), eventRows: z.number() }),
  ledger: z.object({ trades: z.number(), entries: z.number(), balanced: z.boolean() }),
  discord: z.object({ messages: z.number(), alerts: z.number(), possibleRepeats: z.number() }),
});
export type Report = z.infer<typeof Report>;
export type Backtested = z.infer<typeof Backtested>;

/** A folder that goes away with the test. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'bellwether-e2e-'));
  return { path, remove: async () => rm(path, { recursive: true, force: true }) };
}

export interface Running {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** The compiled command, as `npm start` and `npm run bellwether` run it. */
export function runBellwether(
  args: readonly string[],
  onStderr: (text: string) => void = () => undefined,
  environment: NodeJS.ProcessEnv = {},
): Running {
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: root,
    env: { ...process.env, INIT_CWD: root, ...environment, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => {
    output.stdout += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    output.stderr += data.toString();
    onStderr(data.toString());
  });
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'ended'));
  });
  return { child, stdout: () => output.stdout, stderr: () => output.stderr, ended };
}

/** What a command has said once it has ended. */
export async function runToEnd(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ readonly code: number | string; readonly stdout: string; readonly stderr: string }> {
  const { ended, stdout, stderr } = runBellwether(args, undefined, environment);
  return { code: await ended, stdout: stdout(), stderr: stderr() };
}

/** One replay from start to report. @throws Error with what it said when it does not end with 0. */
export async function replay(
  folder: string,
  tapes: readonly string[],
  orders: object,
  args: readonly string[] = [],
  onStderr?: (text: string) => void,
): Promise<Report> {
  const files = { orders: join(folder, 'orders.json'), report: join(folder, 'report.json') };
  await writeFile(files.orders, JSON.stringify(orders));
  const tapeArgs = tapes.flatMap((tape) => ['--tape', tape]);
  const running = runBellwether(
    ['replay', ...tapeArgs, '--orders', files.orders, '--report', files.report, ...args],
    onStderr,
  );
  const code = await running.ended;
  if (code !== 0) throw new Error(`replay ended with ${code}:\n${running.stderr().slice(-4_000)}`);
  return Report.parse(JSON.parse(await readFile(files.report, 'utf8')));
}

/** One backtest, and the text of its report. @throws Error with what it said when it does not end with 0. */
export async function backtest(
  folder: string,
  tapes: readonly string[],
  orders: object,
  args: readonly string[] = [],
): Promise<{ report: Backtested; text: string }> {
  const files = { orders: join(folder, 'backtest-orders.json'), report: join(folder, 'backtest.json') };
  await writeFile(files.orders, JSON.stringify(orders));
  const tapeArgs = tapes.flatMap((tape) => ['--tape', tape]);
  const running = runBellwether([
    'backtest',
    ...tapeArgs,
    '--orders',
    files.orders,
    '--report',
    files.report,
    ...args,
  ]);
  const code = await running.ended;
  if (code !== 0) throw new Error(`backtest ended with ${code}:\n${running.stderr().slice(-4_000)}`);
  const text = await readFile(files.report, 'utf8');
  return { report: Backtested.parse(JSON.parse(text)), text };
}

/** What a replay and a backtest say alike: when things were committed, and together with what, is the replay's own. */
export function comparable({ executions, ticks, frames, open, armed, working }: Backtested) {
  return {
    executions: executions.map(({ id, uid, reason, tick, fillPrice, quantity, realizedPnl }) => ({
      id,
      uid,
      reason,
      tick,
      fillPrice,
      quantity,
      realizedPnl,
    })),
    ticks,
    frames,
    open: open.toSorted(),
    armed: armed.toSorted(),
    working: working.toSorted(),
  };
}
