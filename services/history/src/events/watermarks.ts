import { type AccountRef, paths } from '@bellwether/contracts';
import { type Repositories, type connectFirestore, repositoriesOf } from '@bellwether/store';

const maxKnown = 50_000;

/** The last sequence of each account that is noted for BigQuery, 0 before the first. Read once, then remembered. */
export class Watermarks {
  readonly #projections: Repositories['historyProjections'];
  readonly #known = new Map<string, number>();

  constructor(firestore: ReturnType<typeof connectFirestore>) {
    this.#projections = repositoriesOf(firestore).historyProjections;
  }

  /** By account id. One read for each account that is not remembered, in one round trip. */
  async read(accounts: readonly AccountRef[]): Promise<ReadonlyMap<string, number>> {
    const unknown = accounts.filter(({ accountId }) => !this.#known.has(accountId));
    if (unknown.length > 0) {
      const found = await this.#projections.readAll(unknown.map(paths.historyProjection));
      for (const [index, { accountId }] of unknown.entries())
        this.set(accountId, found[index]?.document.watermark ?? 0);
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
