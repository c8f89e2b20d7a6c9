import { problemsOf, queries } from '@bellwether/contracts';
import type { Logger } from '@bellwether/observability';
import { buildQuery, epochMilliseconds } from '@bellwether/store';
import type { Firestore, QueryDocumentSnapshot } from '@google-cloud/firestore';
import { StoredSummary } from './stored-summary.ts';
import type { WantedSummary } from './tell-summaries.ts';

const reopenMs = 30_000;

/** The summaries that tenants want, kept current by a listener: a look costs nothing. */
export class WantedSummaries {
  readonly #firestore: Firestore;
  readonly #logger: Logger;
  readonly #wanted = new Map<string, WantedSummary>();
  #stop: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(firestore: Firestore, logger: Logger) {
    this.#firestore = firestore;
    this.#logger = logger;
  }

  [Symbol.iterator](): Iterator<WantedSummary> {
    return this.#wanted.values();
  }

  open(): void {
    const query = buildQuery(this.#firestore, queries.activeSummaries, { values: { isActive: true } });
    this.#stop = query.onSnapshot(
      (snapshot) => {
        for (const { type, doc } of snapshot.docChanges())
          if (type === 'removed') this.#wanted.delete(doc.ref.path);
          else this.#take(doc);
      },
      (error) => {
        this.#logger.warn({ err: error }, 'the listener of summaries ended; it is opened again');
        this.#timer = setTimeout(() => this.open(), reopenMs);
        this.#timer.unref();
      },
    );
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stop();
  }

  /** What is no summary is passed over. */
  #take(document: QueryDocumentSnapshot): void {
    const tenant = document.ref.parent.parent?.id ?? '';
    const { id } = document;
    const parsed = StoredSummary.safeParse(document.data());
    if (!parsed.success) {
      const reason = problemsOf(parsed.error);
      this.#logger.warn({ tenant, summary: id, reason }, 'not a summary; it is passed over');
      this.#wanted.delete(document.ref.path);
      return;
    }
    const { period, zone, at, since } = parsed.data;
    const wantedSince = since ?? epochMilliseconds(document.createTime);
    this.#wanted.set(document.ref.path, { tenant, id, period, zone, at, wantedSince });
  }
}
