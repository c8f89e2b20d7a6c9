import { sourceOf, traceIdOf } from '@bellwether/contracts';
import type { Logger } from '@bellwether/observability';
import { setTimeout as delay } from 'node:timers/promises';
import type { ArchivedCommit, TimedCommit } from './encode-events.ts';
import type { EventStream } from './event-stream.ts';
import { type ReadJournal, planBatch } from './plan-batch.ts';
import type { Watermarks } from './watermarks.ts';

interface WaitingCommit extends TimedCommit {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A request to BigQuery holds up to 10 MB, a commit to Firestore up to 500 writes. */
const limits = { commits: 200, bytes: 4 * 1024 * 1024 };
/** A batch that is not full waits so long after the one before: one document notes them all. */
const pauseMs = 200;
const backoffMs = { first: 100, longest: 5_000 };

/** Writes the events of commits to BigQuery, each once, gapless per account and scope; one batch after another. */
export class EventArchive {
  readonly #stream: EventStream;
  readonly #watermarks: Watermarks;
  readonly #readJournal: ReadJournal;
  readonly #logger: Logger;
  #waiting: WaitingCommit[] = [];
  #running: Promise<void> | undefined;
  readonly #stopping = new AbortController();

  constructor(parts: {
    stream: EventStream;
    watermarks: Watermarks;
    readJournal: ReadJournal;
    logger: Logger;
  }) {
    this.#stream = parts.stream;
    this.#watermarks = parts.watermarks;
    this.#readJournal = parts.readJournal;
    this.#logger = parts.logger;
  }

  /** Commits that wait for their rows to be in BigQuery. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Finishes what the process before left. Call it before anything else. */
  async start(): Promise<void> {
    await this.#stream.recover();
  }

  /** Resolves when all rows of the commit are in BigQuery. @param publishedAt epoch milliseconds. */
  async append(commit: ArchivedCommit, publishedAt: number): Promise<void> {
    if (this.#stopping.signal.aborted) throw stopped();
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ commit, publishedAt, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Takes no more. The batch under way is finished; what waits behind it rejects. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Closes the connection; a batch without an answer fails, and the next start finishes it. */
  async close(): Promise<void> {
    this.stop();
    this.#stream.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    let failures = 0;
    await this.#pause(0); // gathers what arrives in the same turn
    while (this.#waiting.length > 0 && !this.#stopping.signal.aborted) {
      let waitMs = this.#waiting.length < limits.commits ? pauseMs : 0;
      try {
        await this.#writeBatch(this.#waiting.slice(0, limits.commits));
        failures = 0;
      } catch (error) {
        waitMs = Math.min(backoffMs.longest, backoffMs.first * 2 ** failures);
        failures += 1;
        this.#logger.error(
          { err: error, waiting: this.#waiting.length, waitMs },
          'no batch of events written',
        );
      }
      await this.#pause(waitMs);
    }
    for (const { reject } of this.#waiting.splice(0)) reject(stopped());
    this.#running = undefined;
  }

  async #writeBatch(offered: readonly WaitingCommit[]): Promise<void> {
    if (this.#stream.needsRecovery) {
      this.#watermarks.forget();
      await this.#stream.recover();
    }
    const sources = new Map(offered.map(({ commit }) => [sourceOf(commit), commit]));
    const before = await this.#watermarks.read([...sources.values()]);
    const { batch, broken } = await planBatch(offered, before, this.#readJournal, limits);
    if (batch.length > 0) await this.#stream.write(batch);
    for (const { commit } of batch) {
      const { seq, traceparent } = commit;
      const account = sourceOf(commit);
      this.#watermarks.set(account, seq);
      this.#logger.debug({ traceId: traceIdOf(traceparent), account, seq }, 'events are in BigQuery');
    }
    this.#settle(offered, await this.#watermarks.read([...sources.values()]), broken);
  }

  #settle(
    offered: readonly WaitingCommit[],
    watermarks: ReadonlyMap<string, number>,
    broken: ReadonlyMap<string, Error>,
  ): void {
    const settled = new Set<WaitingCommit>();
    for (const waiting of offered) {
      const source = sourceOf(waiting.commit);
      const failure = broken.get(source);
      if (waiting.commit.seq <= (watermarks.get(source) ?? 0)) waiting.resolve();
      else if (failure !== undefined) waiting.reject(failure);
      else continue;
      settled.add(waiting);
    }
    this.#waiting = this.#waiting.filter((waiting) => !settled.has(waiting));
  }

  async #pause(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

function stopped(): Error {
  return new Error('history is stopping');
}
