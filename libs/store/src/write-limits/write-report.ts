import { paths } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import { type Firestore, Timestamp } from '@google-cloud/firestore';
import { setTimeout as sleep } from 'node:timers/promises';
import { guardDocument } from '../documents/guard-document.ts';
import type { WriteCounters } from './write-counters.ts';

const everyMs = 5_000;
const closesWithinMs = 2_000;
const mostUsersAtOnce = 20;
const ratesKeptMs = 30 * 24 * 3_600_000;

/**
 * Keeps `ops/batch_performance` and `ops/write_rates/users/{uid}` current: what changed, every five seconds at
 * most, and the rates of up to 20 users each time. Its own writes are few, are not paced and are not counted.
 */
export class WriteReport {
  readonly #firestore: Firestore;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #counters: WriteCounters;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #last: string;
  #isClosed = false;

  /** @param parts.name of the process: its field in the documents. */
  constructor(parts: {
    firestore: Firestore;
    name: string;
    clock: Clock;
    logger: Logger;
    counters: WriteCounters;
  }) {
    this.#firestore = parts.firestore;
    this.#name = parts.name;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
    this.#counters = parts.counters;
    this.#last = JSON.stringify(this.#counters.performance());
  }

  /** Something changed. */
  changed(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#writing.then(async () => this.#write());
    }, everyMs).unref();
  }

  /** Writes what has changed since the last report, if that is possible within two seconds. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const written = this.#writing.then(async () => this.#write());
    const patience = new AbortController();
    await Promise.race([written, sleep(closesWithinMs, undefined, { signal: patience.signal })]);
    patience.abort();
  }

  async #write(): Promise<void> {
    const performance = this.#counters.performance();
    const text = JSON.stringify(performance);
    if (text === this.#last && !this.#counters.hasChangedUsers) return;
    const now = Math.round(this.#clock.now());
    const batch = this.#firestore.batch();
    const merge = (path: string, document: object): void => {
      guardDocument(path, document);
      batch.set(this.#firestore.doc(path), document, { merge: true });
    };
    if (text !== this.#last)
      merge(paths.batchPerformance(), { processes: { [this.#name]: { ...performance, reportedAt: now } } });
    const users = this.#counters.takeChangedUsers(mostUsersAtOnce);
    for (const [uid, { tenantId, ...counts }] of users)
      merge(paths.writeRates(uid), {
        tenantId,
        processes: { [this.#name]: counts },
        expireAt: Timestamp.fromMillis(now + ratesKeptMs),
      });
    try {
      await batch.commit();
      this.#last = text;
    } catch (error) {
      this.#logger.warn({ err: error }, 'the write rates could not be reported');
      this.#counters.putBack(users.keys());
      this.changed();
    }
    if (this.#counters.hasChangedUsers) this.changed();
  }
}
