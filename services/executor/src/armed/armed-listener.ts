import { queries } from '@bellwether/contracts';
import type { Logger } from '@bellwether/observability';
import { buildQuery, readOrder, readPosition, readSignal, readTrigger } from '@bellwether/store';
import type { DocumentChange, DocumentSnapshot, Firestore, Query } from '@google-cloud/firestore';
import { type ArmedSubject, armedOrder, armedPosition, armedSignal, armedTrigger } from '../ticks/fired.ts';

const reopenAfterMs = 2_000;
const ownCommitArrivesWithinMs = 1_000;

type ArmedQuery = (typeof queries)[
  | 'armedPositionsOfShard'
  | 'activeTriggersOfShard'
  | 'workingOrdersOfShard'
  | 'activeSignalsOfShard'];
type ReadSubject = (document: DocumentSnapshot) => ArmedSubject | undefined;

/**
 * Listens to the armed documents of one shard, and so tells its book which levels exist. The promise of
 * `open` resolves when everything that was armed before is in the book.
 */
export class ArmedListener {
  readonly #firestore: Firestore;
  readonly #shard: number;
  readonly #note: (subject: ArmedSubject) => void;
  readonly #isOutdated: (subject: ArmedSubject) => boolean;
  readonly #logger: Logger;
  readonly #stops = new Map<string, () => void>();
  #isOpen = true;

  constructor(options: {
    firestore: Firestore;
    shard: number;
    note: (subject: ArmedSubject) => void;
    isOutdated: (subject: ArmedSubject) => boolean;
    logger: Logger;
  }) {
    this.#firestore = options.firestore;
    this.#shard = options.shard;
    this.#note = options.note;
    this.#isOutdated = options.isOutdated;
    this.#logger = options.logger;
  }

  async open(): Promise<void> {
    await Promise.all([
      ...(['open', 'closing'] as const).map(async (status) =>
        this.#listen(queries.armedPositionsOfShard, status, (found) =>
          toSubject(readPosition(found), armedPosition),
        ),
      ),
      this.#listen(queries.activeTriggersOfShard, 'active', (found) =>
        toSubject(readTrigger(found), armedTrigger),
      ),
      this.#listen(queries.workingOrdersOfShard, 'open', (found) => toSubject(readOrder(found), armedOrder)),
      this.#listen(queries.activeSignalsOfShard, 'active', (found) =>
        toSubject(readSignal(found), armedSignal),
      ),
    ]);
  }

  close(): void {
    this.#isOpen = false;
    for (const stop of this.#stops.values()) stop();
  }

  async #listen(armed: ArmedQuery, armedStatus: string, read: ReadSubject): Promise<void> {
    const query = buildQuery(this.#firestore, armed, {
      values: { shard: this.#shard, 'details.status': armedStatus },
    });
    const first = Promise.withResolvers<void>();
    this.#open(`${armed.collection} ${armedStatus}`, query, read, first);
    return first.promise;
  }

  /** @param first told of the first snapshot, or that there is none; later failures open the query again. */
  #open(
    name: string,
    query: Query,
    read: ReadSubject,
    first?: Pick<PromiseWithResolvers<void>, 'resolve' | 'reject'>,
  ): void {
    let isFirst = first !== undefined;
    const stop = query.onSnapshot(
      (snapshot) => {
        for (const change of snapshot.docChanges()) this.#take(change, read);
        isFirst = false;
        first?.resolve();
      },
      (error) => {
        if (isFirst) {
          first?.reject(error);
          return;
        }
        this.#logger.error({ err: error, query: name, shard: this.#shard }, 'the listener ended; reopening');
        setTimeout(() => {
          if (this.#isOpen) this.#open(name, query, read);
        }, reopenAfterMs).unref();
      },
    );
    this.#stops.set(name, stop);
  }

  /**
   * A document that leaves the query says no more than its old state. Mostly our own commit ended it and
   * has told the book already; only where it has not is the document read.
   */
  #take(change: DocumentChange, read: ReadSubject): void {
    const subject = read(change.doc);
    if (subject === undefined) return;
    if (change.type !== 'removed') {
      this.#note(subject);
      return;
    }
    setTimeout(() => {
      if (this.#isOpen && !this.#isOutdated(subject)) void this.#readAgain(change.doc.ref.path, read);
    }, ownCommitArrivesWithinMs).unref();
  }

  async #readAgain(path: string, read: ReadSubject): Promise<void> {
    try {
      const subject = read(await this.#firestore.doc(path).get());
      if (subject !== undefined) this.#note(subject);
    } catch (error) {
      this.#logger.warn({ err: error, path }, 'cannot read what is no longer armed');
    }
  }
}

function toSubject<Document>(
  document: Document | undefined,
  read: (document: Document) => ArmedSubject,
): ArmedSubject | undefined {
  return document === undefined ? undefined : read(document);
}
