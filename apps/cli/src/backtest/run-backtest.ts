import { Backtest } from '@bellwether/executor';
import { TapeError, TapeFrames } from '@bellwether/market-feed';
import { createLogger } from '@bellwether/observability';
import { InputError } from '../input-error.ts';
import { type Execution, type RefusedAction, executionsIn, refusedIn } from '../replay/executions.ts';
import { kindsOf } from '../replay/kinds-of-tapes.ts';
import { checkSymbols, readOrders } from '../replay/orders.ts';
import type { Progress } from '../replay/progress.ts';
import { submitOrders } from '../replay/submit-orders.ts';

/** What `bellwether backtest` found out. The same tapes and orders make the same report, byte for byte. */
export interface BacktestReport {
  readonly ticks: number;
  readonly frames: number;
  readonly executions: readonly Execution[];
  /** What triggers fired for and was not done. */
  readonly refused: readonly RefusedAction[];
  /** Ids of positions that are still open. */
  readonly open: readonly string[];
  /** Ids of triggers that are still armed. */
  readonly armed: readonly string[];
  /** Names of orders that still work. */
  readonly working: readonly string[];
}

export interface BacktestOptions {
  readonly tapes: readonly string[];
  readonly orders: string;
  /** How symbols are divided, as the shards of a replay divide them. */
  readonly shards: number;
}

/** The epoch of a first replay. */
const epoch = 'replay-0000000001';

/**
 * Plays tapes through the books and decisions of an executor, in this process alone: no bus, no database, nobody to
 * tell. It executes what a replay executes.
 *
 * @throws InputError when a file is missing or wrong.
 */
export async function runBacktest(options: BacktestOptions, progress: Progress): Promise<BacktestReport> {
  const { shards } = options;
  progress.stage('checking');
  const orders = await readOrders(options.orders);
  const tapes = await checkTapes(options.tapes);
  const kinds = kindsOf(tapes.tapes);
  checkSymbols(options.orders, orders, new Set(kinds.keys()));

  const logger = createLogger({ service: 'backtest', level: 'silent' });
  const backtest = new Backtest({ shards, logger });
  await submitOrders(
    async (command) => backtest.handle(command),
    { path: options.orders, orders },
    (symbol) => kinds.get(symbol) ?? 'trade',
  );
  progress.stage('judging');
  const total = tapes.tapes.reduce((sum, { rows }) => sum + rows, 0);
  let frames = 0;
  let ticks = 0;
  for await (const frame of tapes.read({ epoch, shards })) {
    await backtest.judge(frame);
    frames += 1;
    ticks += frame.length;
    progress.ticks(ticks, total);
  }
  const accounts = [...backtest.accounts()];
  return {
    ticks,
    frames,
    executions: executionsIn(backtest.commits).map(({ execution }) => execution),
    refused: refusedIn(backtest.commits),
    open: accounts.flatMap(({ openPositionIds }) => [...openPositionIds]),
    armed: accounts.flatMap(({ activeTriggerIds }) => [...activeTriggerIds]),
    working: accounts.flatMap(({ workingOrderIds, accountId }) =>
      [...workingOrderIds].map((id) => id.slice(accountId.length + 1)),
    ),
  };
}

async function checkTapes(paths: readonly string[]): Promise<TapeFrames> {
  try {
    return await TapeFrames.check(paths);
  } catch (error) {
    if (error instanceof TapeError) throw new InputError(error.message, { cause: error.cause });
    throw error;
  }
}
