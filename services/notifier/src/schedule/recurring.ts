export interface RecurringParts {
  readonly work: () => Promise<void>;
  /** It goes on after a failure. */
  readonly failed: (error: unknown) => void;
  /** From the end of one time to the beginning of the next. */
  readonly everyMs: number;
  /** Ends early when the signal is raised; never throws. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Does something at once and again and again, until it is closed. */
export class Recurring {
  readonly #parts: RecurringParts;
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;

  constructor(parts: RecurringParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when the time under way is over. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { work, failed, everyMs, sleep } = this.#parts;
    while (!this.#closing.signal.aborted) {
      await work().catch(failed);
      await sleep(everyMs, this.#closing.signal);
    }
  }
}
