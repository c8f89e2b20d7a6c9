import type { Timestamp } from '@google-cloud/firestore';

/** A document as it is stored. */
export interface ReadDocument {
  /** Slashes between, without the database. */
  readonly path: string;
  readonly id: string;
  readonly createTime: Timestamp;
  readonly updateTime: Timestamp;
  /** Whether it was never written again. */
  readonly isAsCreated: boolean;
  data(): Record<string, unknown>;
  /** Whether it has these fields, deeply, and no others. */
  holds(fields: object): boolean;
}
