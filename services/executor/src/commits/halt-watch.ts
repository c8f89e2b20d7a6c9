import type { AccountRef } from '@bellwether/contracts';
import type { TradingState } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import { type Pause, pause } from '../pause.ts';

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
  readonly pause?: Pause;
}

/**
 * Finds out that an account was resumed, or only reduces, by another process, where levels wait for that here. It reads
 * nothing while none do.
 */
export class HaltWatch {
  readonly #options: HaltWatchOptions;
  readonly #pause: Pause;
  readonly #stopped = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: HaltWatchOptions) {
    this.#options = options;
    this.#pause = options.pause ?? pause;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    for (;;) {
      await this.#pause(everyMs, signal);
      if (signal.aborted) return;
      try {
        await this.#look();
      } catch (error) {
        this.#options.logger.error({ err: error }, 'cannot read which accounts are halted; trying again');
      }
    }
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
