import type { Logger } from '@bellwether/observability';
import type { RefusedTicks } from './tick-check.ts';

/** Keeps the running epoch's document up to date with what is refused: one write at a time, none without news. */
export class RefusalNotes {
  readonly #note: (refused: RefusedTicks) => Promise<void>;
  readonly #logger: Logger;
  #written = 0;
  #isWriting = false;
  /** Resolves when no write is under way. */
  settled: Promise<void> = Promise.resolve();

  constructor(note: (refused: RefusedTicks) => Promise<void>, logger: Logger) {
    this.#note = note;
    this.#logger = logger;
  }

  write(result: RefusedTicks | undefined): void {
    if (result === undefined || this.#isWriting) return;
    const total = Object.values(result.refused).reduce((sum, count) => sum + count, 0);
    if (total > this.#written) this.settled = this.#write(result, total);
  }

  async #write(result: RefusedTicks, total: number): Promise<void> {
    this.#isWriting = true;
    try {
      await this.#note(result);
      this.#written = total;
    } catch (error) {
      this.#logger.warn({ err: error }, 'what was refused could not be noted; it is with the next news');
    } finally {
      this.#isWriting = false;
    }
  }
}
