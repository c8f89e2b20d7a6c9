import type { AccountRef, Commit } from '@bellwether/contracts';
import type { Logger } from '@bellwether/observability';
import { type BulkWrites, readCommits } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BookingCounts } from './booking-counts.ts';
import { type Bookings, bookCommits } from './book-commits.ts';
import { type StoredProjection, readProjection, writeBookings } from './stored-projection.ts';

/** A batch holds at most this many events, or one commit: at most three documents are written for an event. */
const maxEvents = 100;
const maxTries = 5;
const pauseMs = 20;

interface Waiting {
  readonly commit: Commit;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The books of one account: what arrives while a batch is being written is booked with the next one.
 *
 * The projection and its update time stay in memory, so a commit that follows the last one reads nothing.
 * Whatever goes wrong, the projection is read again and the decision made anew.
 */
export class AccountBook {
  readonly #firestore: Firestore;
  readonly #writes: BulkWrites;
  readonly #account: AccountRef;
  readonly #logger: Logger;
  readonly #counts: BookingCounts;
  #waiting: Waiting[] = [];
  #isBooking = false;
  #stored: StoredProjection | undefined;

  constructor(parts: {
    firestore: Firestore;
    writes: BulkWrites;
    account: AccountRef;
    logger: Logger;
    counts: BookingCounts;
  }) {
    this.#firestore = parts.firestore;
    this.#writes = parts.writes;
    this.#account = parts.account;
    this.#logger = parts.logger;
    this.#counts = parts.counts;
  }

  get isIdle(): boolean {
    return !this.#isBooking;
  }

  /** Resolves when the commit is booked, now or before. Rejects when it cannot be: it may be offered again. */
  book(commit: Commit): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ commit, resolve, reject });
      if (!this.#isBooking) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isBooking = true;
    while (this.#waiting.length > 0) {
      const taken = this.#waiting.splice(0);
      let failure: unknown;
      try {
        await this.#bookAll(taken.map(({ commit }) => commit));
      } catch (error) {
        failure = error;
      }
      const watermark = this.#stored?.projection.watermark ?? 0;
      for (const { commit, resolve, reject } of taken) {
        if (commit.seq <= watermark) resolve();
        else reject(failure);
      }
    }
    this.#isBooking = false;
  }

  async #bookAll(commits: readonly Commit[]): Promise<void> {
    const known = new Map(commits.map((commit) => [commit.seq, commit]));
    const last = Math.max(...known.keys());
    for (let tries = 1; ;) {
      const stored = (this.#stored ??= await readProjection(this.#firestore, this.#account));
      const { watermark } = stored.projection;
      if (watermark >= last) return;
      const run = await this.#runOf(watermark + 1, last, known);
      try {
        const bookings = bookCommits(stored.projection, run);
        this.#stored = await writeBookings(this.#writes, this.#account, stored, bookings);
        this.#count(run, bookings);
        tries = 1;
      } catch (error) {
        this.#stored = undefined;
        this.#counts.retries += 1;
        if (tries === maxTries) throw error;
        const { accountId: account } = this.#account;
        this.#logger.warn(
          { account, seq: watermark + 1, err: error },
          'booking failed; reading the books again',
        );
        await sleep(pauseMs * tries);
        tries += 1;
      }
    }
  }

  #count(commits: readonly Commit[], { entries, trades }: Bookings): void {
    const counts = this.#counts;
    counts.batches += 1;
    counts.commits += commits.length;
    counts.events += commits.reduce((sum, { events }) => sum + events.length, 0);
    counts.entries += entries.length;
    counts.trades += trades.length;
  }

  /** The commits from `first` on, as many as one batch takes; what did not arrive is read from the journal. */
  async #runOf(first: number, last: number, known: Map<number, Commit>): Promise<Commit[]> {
    const run: Commit[] = [];
    let events = 0;
    for (let seq = first; seq <= last; seq += 1) {
      if (!known.has(seq)) await this.#readGap(seq, last, known);
      const commit = known.get(seq);
      if (commit === undefined) break;
      events += commit.events.length;
      if (run.length > 0 && events > maxEvents) break;
      run.push(commit);
    }
    if (run.length === 0)
      throw new Error(`the journal has no entry ${first}, and entry ${last} was published`);
    return run;
  }

  async #readGap(seq: number, last: number, known: Map<number, Commit>): Promise<void> {
    let end = seq;
    while (end < last && end < seq + maxEvents - 1 && !known.has(end + 1)) end += 1;
    const found = await readCommits(this.#firestore, this.#account, seq, end);
    for (const { commit } of found) known.set(commit.seq, commit);
    this.#counts.healed += found.length;
    const { accountId: account } = this.#account;
    this.#logger.info(
      { account, fromSeq: seq, toSeq: end, found: found.length },
      'read a gap from the journal',
    );
  }
}
