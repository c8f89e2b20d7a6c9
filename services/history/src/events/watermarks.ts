import {
  type AccountRef,
  type HistoryProjection,
  type ScopeRef,
  paths,
  scopeId,
  sourceOf,
} from '@bellwether/contracts';
import { type Firestore, readDocument } from '@bellwether/store';

const maxKnown = 50_000;

type Source = AccountRef | { readonly scope: ScopeRef };

/** The document that holds the watermark of an account or a scope. */
export function watermarkPath(source: Source): string {
  return 'scope' in source
    ? paths.historyStream(`scope-${scopeId(source.scope)}`)
    : paths.historyProjection(source);
}

/** The last sequence of each account and scope that is noted for BigQuery, 0 before the first. Read once, then remembered. */
export class Watermarks {
  readonly #firestore: Firestore;
  readonly #known = new Map<string, number>();

  constructor(firestore: Firestore) {
    this.#firestore = firestore;
  }

  /** By id of account or scope. One read for each that is not remembered, in one round trip. */
  async read(sources: readonly Source[]): Promise<ReadonlyMap<string, number>> {
    const unknown = sources.filter((source) => !this.#known.has(sourceOf(source)));
    if (unknown.length > 0) {
      const documents = unknown.map((source) => this.#firestore.doc(watermarkPath(source)));
      const found = await this.#firestore.getAll(...documents);
      for (const [index, source] of unknown.entries()) {
        const stored = found[index] && readDocument<HistoryProjection>(found[index]);
        this.set(sourceOf(source), stored?.watermark ?? 0);
      }
    }
    return new Map(sources.map(sourceOf).map((id) => [id, this.#known.get(id) ?? 0]));
  }

  set(source: string, watermark: number): void {
    this.#known.delete(source);
    this.#known.set(source, watermark);
    const [oldest] = this.#known.keys();
    if (this.#known.size > maxKnown && oldest !== undefined) this.#known.delete(oldest);
  }

  /** They may have moved without us. */
  forget(): void {
    this.#known.clear();
  }
}
