import type { AccountRef } from '@bellwether/contracts';
import type { Logger } from '@bellwether/observability';
import { type Pause, pause } from '../pause.ts';

const everyMs = 2_000;
const accountsPerRead = 300;

export interface HaltWatchOptions {
  /** Accounts of which levels were reached while they were halted. */
  readonly waiting: () => readonly AccountRef[];
  /** Those of them that are halted still, as their documents say. */
  readonly readHalted: (accounts: readonly AccountRef[]) => Promise<readonly AccountRef[]>;
  readonly onResumed: (account: AccountRef) => void;
  readonly logger: Logger;
  readonly pause?: Pause;
}

/**
 * Finds out that an account was resumed by another process, where levels wait for that here. It reads
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
    const { waiting, readHalted, onResumed } = this.#options;
    const accounts = waiting();
    for (let first = 0; first < accounts.length; first += accountsPerRead) {
      const some = accounts.slice(first, first + accountsPerRead);
      const halted = new Set((await readHalted(some)).map(({ accountId }) => accountId));
      for (const account of some) if (!halted.has(account.accountId)) onResumed(account);
    }
  }
}
