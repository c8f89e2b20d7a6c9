import type { AccountRef } from '@bellwether/contracts';
import type { TradingState } from '@bellwether/domain';
import { type Logger, Schedule } from '@bellwether/observability';

const everyMs = 2_000;
const accountsPerRead = 300;

export interface HaltWatchOptions {
  /** Accounts of which levels were reached that their trading did not let execute. */
  readonly waiting: () => readonly AccountRef[];
  /** How they trade now, as their documents say. */
  readonly readTrading: (accounts: readonly AccountRef[]) => Promise<ReadonlyMap<string, TradingState>>;
  /** Hears of those that are not halted. */
  readonly onMayExecute: (account: AccountRef, trading: TradingState) => void;
  readonly logger: Logger;
}

/**
 * Finds out that an account was resumed, or only reduces, by another process, where levels wait for that here. It reads
 * nothing while none do.
 */
export class HaltWatch {
  readonly #options: HaltWatchOptions;
  readonly #schedule: Schedule;

  constructor(options: HaltWatchOptions) {
    this.#options = options;
    this.#schedule = new Schedule({
      everyMs,
      run: async () => this.#look(),
      onFailed: (error) =>
        options.logger.error({ err: error }, 'cannot read which accounts are halted; trying again'),
    });
  }

  start(): void {
    this.#schedule.start();
  }

  async close(): Promise<void> {
    await this.#schedule.close();
  }

  async #look(): Promise<void> {
    const { waiting, readTrading, onMayExecute } = this.#options;
    const accounts = waiting();
    for (let first = 0; first < accounts.length; first += accountsPerRead) {
      const some = accounts.slice(first, first + accountsPerRead);
      const states = await readTrading(some);
      for (const account of some) {
        const trading = states.get(account.accountId) ?? 'halted';
        if (trading !== 'halted') onMayExecute(account, trading);
      }
    }
  }
}
