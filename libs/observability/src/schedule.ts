export interface ScheduleOptions {
  /** Milliseconds from the end of one run to the start of the next. */
  readonly everyMs: number;
  /**
   * After each run that found nothing to do it pauses twice as long, up to this; without it always as long. A run
   * that failed may have had something to do.
   */
  readonly idleMs?: number;
  /** To the start of the first; as long as any other unless given. */
  readonly firstMs?: number;
  /** The signal is raised when it is to end. Results in `idle` where it found nothing to do. */
  readonly run: (signal: AbortSignal) => Promise<'idle' | void> | 'idle' | void;
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
  #pauseMs: number;

  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#pauseMs = options.everyMs;
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
      this.#running = this.#run().finally(() => this.#next(this.#pauseMs));
    }, afterMs);
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const { everyMs, idleMs = everyMs, run, onFailed } = this.#options;
    try {
      const found = await run(signal);
      this.#pauseMs = found === 'idle' ? Math.min(this.#pauseMs * 2, idleMs) : everyMs;
    } catch (error) {
      this.#pauseMs = everyMs;
      if (!signal.aborted) onFailed(error);
    }
  }
}
