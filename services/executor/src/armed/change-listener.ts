import { queries } from '@bellwether/contracts';
import type { Logger } from '@bellwether/observability';
import { buildQuery } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { changedAtSlackMs } from '../snapshot/reason-against.ts';
import type { ArmedSubject } from '../ticks/fired.ts';
import {
  type ReadSubject,
  readArmedOrder,
  readArmedPosition,
  readArmedSignal,
  readArmedTrigger,
} from './read-subject.ts';

const reopenAfterMs = 2_000;
const movesEveryMs = 10 * 60_000;

export interface ChangeListenerOptions {
  readonly firestore: Firestore;
  readonly shard: number;
  /** What was committed before is known, by Firestore's clock, epoch milliseconds. */
  readonly from: number;
  readonly note: (subject: ArmedSubject) => void;
  readonly logger: Logger;
}

/**
 * Listens to what changes among the positions, triggers, orders and signals of one shard: armed, amended or over. What it
 * listens to starts later and later, so its results hold some minutes of changes, however much is armed.
 */
export class ChangeListener {
  readonly #listeners: readonly CollectionListener[];

  constructor(options: ChangeListenerOptions) {
    this.#listeners = [
      new CollectionListener(options, queries.changedPositionsOfShard, readArmedPosition),
      new CollectionListener(options, queries.changedTriggersOfShard, readArmedTrigger),
      new CollectionListener(options, queries.changedOrdersOfShard, readArmedOrder),
      new CollectionListener(options, queries.changedSignalsOfShard, readArmedSignal),
    ];
  }

  /** Resolves when all that has changed before is noted. */
  async open(): Promise<void> {
    await Promise.all(this.#listeners.map(async (listener) => listener.open()));
  }

  /** All that was committed before this moment of Firestore's clock is noted, epoch milliseconds. */
  get coveredUntil(): number {
    return Math.min(...this.#listeners.map(({ coveredUntil }) => coveredUntil));
  }

  close(): void {
    for (const listener of this.#listeners) listener.close();
  }
}

type ChangedQuery = (typeof queries)[
  | 'changedPositionsOfShard'
  | 'changedTriggersOfShard'
  | 'changedOrdersOfShard'
  | 'changedSignalsOfShard'];

class CollectionListener {
  readonly #options: ChangeListenerOptions;
  readonly #changed: ChangedQuery;
  readonly #read: ReadSubject;
  #coveredUntil: number;
  #stop: () => void = () => undefined;
  #reopening: NodeJS.Timeout | undefined;
  #isOpen = true;

  constructor(options: ChangeListenerOptions, changed: ChangedQuery, read: ReadSubject) {
    this.#options = options;
    this.#changed = changed;
    this.#read = read;
    this.#coveredUntil = options.from;
  }

  get coveredUntil(): number {
    return this.#coveredUntil;
  }

  async open(): Promise<void> {
    const first = Promise.withResolvers<void>();
    this.#listen(first);
    return first.promise;
  }

  close(): void {
    this.#isOpen = false;
    clearTimeout(this.#reopening);
    this.#stop();
  }

  /** @param first told of the first snapshot, or that there is none; later failures open the query again. */
  #listen(first?: Pick<PromiseWithResolvers<void>, 'resolve' | 'reject'>): void {
    const { firestore, shard, note, logger } = this.#options;
    const { collection } = this.#changed;
    const query = buildQuery(firestore, this.#changed, {
      values: { shard },
      from: this.#coveredUntil - changedAtSlackMs,
    });
    let isFirst = first !== undefined;
    this.#stop = query.onSnapshot(
      (snapshot) => {
        for (const { type, doc } of snapshot.docChanges()) {
          const subject = type === 'removed' ? undefined : this.#read(doc);
          if (subject !== undefined) note(subject);
        }
        this.#coveredUntil = Math.max(this.#coveredUntil, snapshot.readTime.toMillis());
        isFirst = false;
        first?.resolve();
      },
      (error) => {
        if (isFirst) {
          first?.reject(error);
          return;
        }
        logger.error({ err: error, collection, shard }, 'the listener ended; reopening');
        this.#reopenAfter(reopenAfterMs);
      },
    );
    this.#reopenAfter(movesEveryMs);
  }

  #reopenAfter(ms: number): void {
    clearTimeout(this.#reopening);
    this.#reopening = setTimeout(() => {
      if (!this.#isOpen) return;
      this.#stop();
      this.#listen();
    }, ms).unref();
  }
}
