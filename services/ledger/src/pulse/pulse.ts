import type { Commit, Marks } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import type { FollowAccounts } from './follow-accounts.ts';
import type { PulseBook } from './pulse-book.ts';
import type { PulseStream } from './pulse-stream.ts';

/** Two pulses are at least so far apart: what changes meanwhile is in the next one. */
const leastApartMs = 100;

/** Pulses when prices or holdings have changed, and then tells it. */
export class Pulse {
  readonly #book: PulseBook;
  readonly #accounts: FollowAccounts;
  readonly #stream: PulseStream;
  readonly #clock: Clock;
  #lastAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: { book: PulseBook; accounts: FollowAccounts; stream: PulseStream; clock: Clock }) {
    this.#book = parts.book;
    this.#accounts = parts.accounts;
    this.#stream = parts.stream;
    this.#clock = parts.clock;
  }

  async follow(commit: Commit): Promise<void> {
    await this.#accounts.follow(commit);
    this.#changed();
  }

  note(marks: Marks): void {
    this.#book.note(marks);
    this.#changed();
  }

  /** Marks everything to market now. */
  pulse(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastAt = this.#clock.now();
    this.#book.pulse();
    this.#stream.pulsed();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #changed(): void {
    if (this.#isClosed) return;
    const waitMs = this.#lastAt + leastApartMs - this.#clock.now();
    this.#timer ??= setTimeout(() => this.pulse(), Math.min(leastApartMs, Math.max(0, waitMs)));
  }
}
