import type { SnapshotHeader } from './book-snapshot.ts';

/**
 * How far a change's `changedAt` may lie before its commit by Firestore's clock: writers' clocks that are slow,
 * and the time that a commit takes after its writer has looked at the clock, together. What is later than
 * that is missed by a book that starts from a snapshot.
 */
export const changedAtSlackMs = 5 * 60_000;

/** A start has read what has changed within this time after it took the lease. */
const loadedWithinMs = 60 * 60_000;

/** Where a snapshot is to be used, as the lease of its shard knows it. */
export interface SnapshotUse {
  readonly shard: number;
  readonly shards: number;
  readonly shardCreatedAt: string;
  /** The lease that has just been taken. */
  readonly token: number;
  readonly checkpoint?: { readonly epoch: string; readonly frame: number };
  /** When it was taken, by Firestore's clock, epoch milliseconds. */
  readonly takenAt: number;
  /** For how long documents of what is over are kept, milliseconds. */
  readonly overKeptMs: number;
}

/**
 * Why a snapshot must not be used; `undefined` where it, with what has changed since, is the book.
 *
 * It is of another past where its lease or its checkpoint is not behind: a database that was set back. It is
 * too old where documents of what has ended since may be gone.
 */
export function reasonAgainst(header: SnapshotHeader, use: SnapshotUse): string | undefined {
  if (header.shard !== use.shard || header.shards !== use.shards)
    return `it is of shard ${header.shard} of ${header.shards}`;
  if (header.shardCreatedAt !== use.shardCreatedAt) return 'it is of another database';
  if (
    header.token >= use.token ||
    isAhead(header.checkpoint, use.checkpoint) ||
    header.coveredUntil > use.takenAt
  )
    return 'it is ahead of the database';
  if (header.coveredUntil - changedAtSlackMs + use.overKeptMs <= use.takenAt + loadedWithinMs)
    return 'what has ended since may be deleted by now';
  return undefined;
}

function isAhead(a: SnapshotUse['checkpoint'], b: SnapshotUse['checkpoint']): boolean {
  if (a === undefined) return false;
  if (b === undefined) return true;
  return a.epoch === b.epoch ? a.frame > b.frame : a.epoch > b.epoch;
}
