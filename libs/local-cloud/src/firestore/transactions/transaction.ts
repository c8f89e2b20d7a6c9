import type { Query } from '../queries/query.ts';
import type { Micros } from '../time.ts';

/** An open transaction. Read-write ones lock what they read; read-only ones read one snapshot and lock nothing. */
export interface Transaction {
  /** The id's bytes as a key. */
  readonly key: string;
  readonly id: Uint8Array;
  /** When its first attempt began: in a deadlock the older wins. */
  readonly age: Micros;
  readonly startedAt: Micros;
  /** The time a read-only transaction reads at. */
  readonly readTime: Micros | undefined;
  /** The time that an optimistic one reads at: what it read must not change until it commits. */
  readonly snapshot: Micros | undefined;
  lastUsedAt: Micros;
  readonly lockedNames: Set<string>;
  readonly lockedQueries: Query[];
}

const ID_BYTES = 16;

/** The id tells when the transaction and its first attempt began: a retry keeps its age without being remembered. */
export function newTransaction(
  now: Micros,
  age: Micros,
  { readTime, snapshot }: { readTime?: Micros | undefined; snapshot?: Micros | undefined },
): Transaction {
  const id = Buffer.alloc(ID_BYTES);
  id.writeBigUInt64BE(BigInt(now), 0);
  id.writeBigUInt64BE(BigInt(age), 8);
  return {
    key: keyOf(id),
    id,
    age,
    startedAt: now,
    readTime,
    snapshot,
    lastUsedAt: now,
    lockedNames: new Set(),
    lockedQueries: [],
  };
}

/** The age of the transaction with that id; undefined for an id of another server. */
export function ageOf(id: Uint8Array): Micros | undefined {
  if (id.length !== ID_BYTES) return undefined;
  return Number(Buffer.from(id.buffer, id.byteOffset, ID_BYTES).readBigUInt64BE(8));
}

export const keyOf = (id: Uint8Array): string => Buffer.from(id).toString('base64');
