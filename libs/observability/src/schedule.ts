export interface ScheduleOptions {
  /** Milliseconds from the end of one run to the start of the next. */
  readonly everyMs: number;
  /** To the start of the first; as long as any other unless given. */
  readonly firstMs?: number;
  /** The signal is raised when it is to end. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** A run failed, and not because it was to end; the next one comes at its time. */
  readonly onFailed: (error: unknown) => void;
}

/** Runs something again and again, one run at a time. It keeps no process alive. */
export class Schedule {
  readonly #options: ScheduleOptions;
  readonly #closing = new AbortController();
  #isStarted = false;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#next(this.#options.firstMs ?? this.#options.everyMs);
  }

  /** Stops what is under way; resolves when it has stopped. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  #next(afterMs: number): void {
    if (this.#closing.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#run().finally(() => this.#next(this.#options.everyMs));
    }, afterMs);
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    try {
      await this.#options.run(signal);
    } catch (error) {
      if (!signal.aborted) this.#options.onFailed(error);
    }
  }
}
