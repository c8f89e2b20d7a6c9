import { type AccountRef, type HistoryProjection, paths } from '@bellwether/contracts';
import type { connectFirestore } from '@bellwether/store';

const maxKnown = 50_000;

/** The last sequence of each account that is noted for BigQuery, 0 before the first. Read once, then remembered. */
export class Watermarks {
  readonly #firestore: ReturnType<typeof connectFirestore>;
  readonly #known = new Map<string, number>();

  constructor(firestore: ReturnType<typeof connectFirestore>) {
    this.#firestore = firestore;
  }

  /** By account id. One read for each account that is not remembered, in one round trip. */
  async read(accounts: readonly AccountRef[]): Promise<ReadonlyMap<string, number>> {
    const unknown = accounts.filter(({ accountId }) => !this.#known.has(accountId));
    if (unknown.length > 0) {
      const documents = unknown.map((account) => this.#firestore.doc(paths.historyProjection(account)));
      for (const [index, found] of (await this.#firestore.getAll(...documents)).entries()) {
        // Only history writes these documents.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        const projection = found.data() as HistoryProjection | undefined;
        this.set(unknown[index]?.accountId ?? '', projection?.watermark ?? 0);
      }
    }
    return new Map(accounts.map(({ accountId }) => [accountId, this.#known.get(accountId) ?? 0]));
  }

  set(accountId: string, watermark: number): void {
    this.#known.delete(accountId);
    this.#known.set(accountId, watermark);
    const [oldest] = this.#known.keys();
    if (this.#known.size > maxKnown && oldest !== undefined) this.#known.delete(oldest);
  }

  /** They may have moved without us. */
  forget(): void {
    this.#known.clear();
  }
}
