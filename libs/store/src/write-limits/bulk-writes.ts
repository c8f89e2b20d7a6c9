import type { WriteResult } from '@google-cloud/firestore';
import type { DocumentBatch } from '../documents/document-batch.ts';
import type { PacedPriority } from './write-limiter.ts';

/** In whose name something is written, and how urgent it is. */
export interface WriteOrigin {
  readonly tenant: string;
  /** Whose writes are counted, where they are one user's. */
  readonly uid?: string;
  readonly priority: PacedPriority;
  /** How long it may wait for its turn; a minute where nothing is said. */
  readonly patienceMs?: number;
}

/** Whose share work for many tenants at once takes. */
export const allTenants = '*';

/** Writes that can wait: projections, outbox deletes, snapshots, rebuilds, imports. */
export interface BulkWrites {
  /**
   * Writes one atomic batch when its turn has come.
   *
   * @throws WritesShedError when it is not written because Firestore is overloaded or too much waits already.
   */
  write(origin: WriteOrigin, fill: (batch: DocumentBatch) => void): Promise<readonly WriteResult[]>;
}

/** What commits of accounts pass: commands wait their turn, executions only count. */
export interface CommitPace {
  /** @throws WritesShedError */
  admit(origin: WriteOrigin, documents: readonly string[]): Promise<void>;
  count(origin: Omit<WriteOrigin, 'priority'>, documents: readonly string[]): void;
}

/** Not written, and surely not: it may be offered again later. */
export class WritesShedError extends Error {
  override readonly name = 'WritesShedError';
  readonly reason: 'overloaded' | 'tooMuchWaits' | 'waitedTooLong' | 'closed';

  constructor(reason: WritesShedError['reason']) {
    super(`not written: ${words[reason]}`);
    this.reason = reason;
  }
}

const words = {
  overloaded: 'Firestore refuses writes for lack of quota',
  tooMuchWaits: 'too many writes wait already',
  waitedTooLong: 'its turn did not come in time',
  closed: 'this process is closing',
} as const;
