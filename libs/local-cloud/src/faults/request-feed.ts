import type { MeteredService } from '../core/meter.ts';

/** A request that was answered, or was left without an answer. */
export interface ServedRequest {
  readonly service: MeteredService;
  readonly method: string;
  /** The first resource that it names; empty when it names none. */
  readonly resource: string;
  /** `OK`, a gRPC code by name, an HTTP status, or `DROPPED`. */
  readonly status: string;
  readonly ms: number;
}

/** Tells each request to those who listen at that moment, and keeps none. */
export class RequestFeed {
  readonly #listeners = new Set<(request: ServedRequest) => void>();

  /** Returns the way to stop listening. */
  listen(listener: (request: ServedRequest) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(request: ServedRequest): void {
    for (const listener of this.#listeners) listener(request);
  }
}
