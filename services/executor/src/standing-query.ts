import type { Logger } from '@bellwether/observability';
import type { Query, QueryDocumentSnapshot } from '@google-cloud/firestore';

const reopenAfterMs = 2_000;

export interface StandingQueryOptions {
  readonly query: Pick<Query, 'onSnapshot'>;
  readonly take: (found: QueryDocumentSnapshot) => void;
  /** It does not answer the query any more. */
  readonly drop: (found: QueryDocumentSnapshot) => void;
  readonly logger: Logger;
}

/**
 * Tells what answers a query, as it changes. A listener that ends is opened again; until then what was told stands, and
 * what left meanwhile is told then. Google's client ends a listener only for what does not pass by itself, so one that
 * never told anything is not opened again: whoever opens it is told.
 */
export class StandingQuery {
  readonly #options: StandingQueryOptions;
  #known = new Map<string, QueryDocumentSnapshot>();
  #stop: () => void = () => undefined;
  #reopening: NodeJS.Timeout | undefined;

  constructor(options: StandingQueryOptions) {
    this.#options = options;
  }

  /** Resolves when all that answers it is told; rejects where it cannot be asked. */
  async open(): Promise<void> {
    const first = Promise.withResolvers<void>();
    this.#listen(first);
    return first.promise;
  }

  close(): void {
    clearTimeout(this.#reopening);
    this.#stop();
  }

  #listen(first?: Pick<PromiseWithResolvers<void>, 'resolve' | 'reject'>): void {
    const { query, logger } = this.#options;
    let isFirst = first !== undefined;
    this.#stop = query.onSnapshot(
      ({ docs }) => {
        this.#tell(docs);
        isFirst = false;
        first?.resolve();
      },
      (error) => {
        if (isFirst) {
          first?.reject(error);
          return;
        }
        logger.error({ err: error }, 'the listener ended; reopening');
        this.#reopening = setTimeout(() => this.#listen(), reopenAfterMs).unref();
      },
    );
  }

  /** Against what was told before, so that nothing that left while nobody listened is kept. */
  #tell(docs: readonly QueryDocumentSnapshot[]): void {
    const now = new Map(docs.map((document) => [document.ref.path, document]));
    for (const [path, document] of this.#known) if (!now.has(path)) this.#options.drop(document);
    for (const [path, document] of now)
      if (this.#known.get(path)?.updateTime.isEqual(document.updateTime) !== true)
        this.#options.take(document);
    this.#known = now;
  }
}
