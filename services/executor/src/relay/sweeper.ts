import { type AccountRef, type ScopeRef, sourceOf } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import { type Logger, Schedule } from '@bellwether/observability';
import type { Outbox, PendingPublish, StoredCommit, StoredScopeCommit } from '@bellwether/store';
import type { Relay } from './relay.ts';

const graceMs = 5_000;
const everyMs = 10_000;
const idleMs = 60_000;

export interface SweeperOptions {
  readonly outbox: Pick<Outbox, 'pending'>;
  readonly relay: Pick<Relay, 'isUnderWay' | 'publish'>;
  readonly readCommit: (account: AccountRef, seq: number) => Promise<StoredCommit | undefined>;
  readonly readScopeCommit: (scope: ScopeRef, seq: number) => Promise<StoredScopeCommit | undefined>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Publishes what a crash left in the outbox: everything at the start, later what is older than the
 * relay's own publishing takes. Looks more often while it finds something, or fails.
 */
export class Sweeper {
  readonly #options: SweeperOptions;
  readonly #schedule: Schedule;
  /** Commits that it published, since the process started. */
  swept = 0;
  /** How many it found left at its last look. */
  left = 0;
  /** None before the first sweep that did not fail: what is there then is an earlier run's. */
  #graceMs = 0;

  constructor(options: SweeperOptions) {
    this.#options = options;
    this.#schedule = new Schedule({
      everyMs,
      idleMs,
      firstMs: 0,
      run: async () => ((await this.#sweep()) === 0 ? 'idle' : undefined),
      onFailed: (error) => options.logger.error({ err: error }, 'sweeping the outbox failed'),
    });
  }

  start(): void {
    this.#schedule.start();
  }

  async close(): Promise<void> {
    await this.#schedule.close();
  }

  async #sweep(): Promise<number> {
    const { outbox, relay, clock, logger } = this.#options;
    const before = clock.now() - this.#graceMs;
    const left = (await outbox.pending()).filter(
      (pointer) => pointer.committedAt <= before && !relay.isUnderWay(sourceOf(pointer), pointer.seq),
    );
    this.left = left.length;
    for (const pointer of left.toSorted((a, b) => a.seq - b.seq)) {
      const stored = await this.#read(pointer);
      if (stored === undefined) {
        const fields = { source: sourceOf(pointer), seq: pointer.seq };
        logger.error(fields, 'an outbox pointer names a commit that is not there');
        continue;
      }
      await relay.publish(stored);
      this.swept += 1;
    }
    this.#graceMs = graceMs;
    if (left.length > 0) logger.info({ commits: left.length }, 'published what an earlier run left behind');
    return left.length;
  }

  async #read(pointer: PendingPublish): Promise<StoredCommit | StoredScopeCommit | undefined> {
    const { readCommit, readScopeCommit } = this.#options;
    if ('scope' in pointer) return readScopeCommit(pointer.scope, pointer.seq);
    const { tenantId: tenant, uid, accountId, seq } = pointer;
    return readCommit({ tenant, uid, accountId }, seq);
  }
}
