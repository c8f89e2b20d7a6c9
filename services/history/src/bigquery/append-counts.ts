import type { Clock } from '@bellwether/domain';
import type { AppendOutcome, Appender } from './append-connection.ts';

/** What has been appended to a table since the process started. */
export class AppendCounts {
  readonly #clock: Clock;
  rows = 0;
  /** By outcome. */
  readonly outcomes: Record<AppendOutcome, number> = { appended: 0, exists: 0, beyond: 0 };
  /** When each append was sent that has no answer yet, epoch milliseconds; the oldest first. */
  readonly #sentAt = new Map<symbol, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get unanswered(): number {
    return this.#sentAt.size;
  }

  /** How long the oldest append has waited for its answer, milliseconds. */
  get unansweredForMs(): number {
    const [oldest] = this.#sentAt.values();
    return oldest === undefined ? 0 : Math.max(0, this.#clock.now() - oldest);
  }

  /** The same appender, counted. */
  counting(appender: Appender): Appender {
    return {
      append: async (offset, rows) => {
        const id = Symbol('append');
        this.#sentAt.set(id, this.#clock.now());
        try {
          const outcome = await appender.append(offset, rows);
          this.outcomes[outcome] += 1;
          if (outcome === 'appended') this.rows += rows.length;
          return outcome;
        } finally {
          this.#sentAt.delete(id);
        }
      },
      close: () => appender.close(),
    };
  }
}
