import type { Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import { type Outbox, readCommit } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Relay } from './relay.ts';

const graceMs = 5_000;
const everyMs = { afterWork: 10_000, idle: 60_000 };

/**
 * Publishes what a crash left in the outbox: everything at the start, later what is older than the
 * relay's own publishing takes. Looks more often while it finds something.
 */
export class Sweeper {
  readonly #firestore: Firestore;
  readonly #outbox: Outbox;
  readonly #relay: Relay;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #stopped = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: { firestore: Firestore; outbox: Outbox; relay: Relay; clock: Clock; logger: Logger }) {
    this.#firestore = options.firestore;
    this.#outbox = options.outbox;
    this.#relay = options.relay;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    let grace = 0;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      let found = 0;
      try {
        found = await this.#sweep(grace);
        grace = graceMs;
      } catch (error) {
        this.#logger.error({ err: error }, 'sweeping the outbox failed');
      }
      const pause = found > 0 ? everyMs.afterWork : everyMs.idle;
      await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #sweep(grace: number): Promise<number> {
    const before = this.#clock.now() - grace;
    const left = (await this.#outbox.pending()).filter(
      ({ accountId, seq, committedAt }) => committedAt <= before && !this.#relay.isUnderWay(accountId, seq),
    );
    for (const { tenantId: tenant, uid, accountId, seq } of left.toSorted((a, b) => a.seq - b.seq)) {
      const stored = await readCommit(this.#firestore, { tenant, uid, accountId }, seq);
      if (stored === undefined) {
        this.#logger.error({ account: accountId, seq }, 'an outbox pointer names a commit that is not there');
        continue;
      }
      await this.#relay.publish(stored.commit);
    }
    if (left.length > 0)
      this.#logger.info({ commits: left.length }, 'published what an earlier run left behind');
    return left.length;
  }
}
