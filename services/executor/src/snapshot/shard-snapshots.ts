import type { ShardCheckpoint } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import { keptAfterCloseMs } from '@bellwether/store';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type ArmedBook,
  BadSnapshotError,
  Snapshot,
  type SnapshotHeader,
  encodeSnapshot,
} from './book-snapshot.ts';
import type { HeldSubjects } from './held-subjects.ts';
import { reasonAgainst } from './reason-against.ts';
import { readSnapshotFile, removeSnapshotFile, replaceSnapshotFile } from './snapshot-file.ts';

/** What a lease says about the database and the moment in which its shard is loaded. */
export interface LeaseFacts {
  readonly token: number;
  readonly createdAt: string;
  readonly takenAt: number;
  readonly checkpoint: ShardCheckpoint | undefined;
}

export interface ShardSnapshotsOptions {
  /** Where snapshots are kept. */
  readonly directory: string;
  readonly shard: number;
  readonly shards: number;
  readonly lease: LeaseFacts;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a snapshot is taken of. */
export interface SnapshotSource {
  /** Up to when the book holds all that was committed, by Firestore's clock, epoch milliseconds. */
  readonly coveredUntil: number;
  readonly checkpoint: SnapshotHeader['checkpoint'];
  readonly book: ArmedBook;
}

const writtenEveryMs = 10 * 60_000;

/** The snapshots of a shard's book: one file, taken up at a start and replaced now and then. */
export class ShardSnapshots {
  readonly #options: ShardSnapshotsOptions;
  readonly #path: string;
  #dueAt: number;
  #writing: Promise<void> | undefined;

  constructor(options: ShardSnapshotsOptions) {
    this.#options = options;
    this.#path = join(options.directory, `book-${options.shard}.snapshot`);
    this.#dueAt = options.clock.now() + writtenEveryMs;
  }

  /**
   * Has the book take up all that the snapshot holds, some at a time.
   *
   * @returns up to when it holds all that was committed; `undefined` where there is none that may be used:
   *   then the book has been told nothing.
   */
  async load(book: { adopt(subjects: HeldSubjects): Iterator<void> }): Promise<number | undefined> {
    const snapshot = await this.#usable();
    if (snapshot === undefined) {
      this.#dueAt = 0;
      return undefined;
    }
    try {
      const taking = book.adopt(snapshot.subjects());
      while (taking.next().done !== true) await nextTurn();
    } catch (error) {
      // A book that has part of it is of no use: the shard is loaded again, without it.
      await removeSnapshotFile(this.#path);
      throw error;
    }
    const { coveredUntil } = snapshot.header;
    this.#options.logger.info(
      { ...this.#what, subjects: snapshot.size, coveredUntil },
      'the book starts from its snapshot',
    );
    return coveredUntil;
  }

  async #usable(): Promise<Snapshot | undefined> {
    const { shard, shards, lease, logger } = this.#options;
    const bytes = await readSnapshotFile(this.#path);
    if (bytes === undefined) return undefined;
    const { token, createdAt: shardCreatedAt, takenAt, checkpoint } = lease;
    try {
      const snapshot = new Snapshot(bytes);
      const place = checkpoint && { checkpoint };
      const use = { shard, shards, shardCreatedAt, token, takenAt, overKeptMs: keptAfterCloseMs, ...place };
      const reason = reasonAgainst(snapshot.header, use);
      if (reason === undefined) return snapshot;
      logger.warn({ ...this.#what, reason }, 'the snapshot is not used: everything armed is read');
    } catch (error) {
      if (!(error instanceof BadSnapshotError)) throw error;
      logger.error({ ...this.#what, err: error }, 'the snapshot is not whole: everything armed is read');
    }
    return undefined;
  }

  /** Begins to write one where the last is long ago. The event loop goes on meanwhile. */
  writeIfDue(source: () => SnapshotSource): void {
    if (this.#writing !== undefined || this.#options.clock.now() < this.#dueAt) return;
    this.#writing = this.#write(source()).finally(() => {
      this.#writing = undefined;
    });
  }

  /** Writes one now, once one that is being written is. */
  async write(source: () => SnapshotSource): Promise<void> {
    await this.#writing;
    await this.#write(source());
  }

  /** A snapshot saves reads: that one fails is said, and nothing more. */
  async #write({ coveredUntil, checkpoint, book }: SnapshotSource): Promise<void> {
    const { shard, shards, lease, clock, logger } = this.#options;
    this.#dueAt = clock.now() + writtenEveryMs;
    const { token, createdAt: shardCreatedAt } = lease;
    const place = checkpoint && { checkpoint: { epoch: checkpoint.epoch, frame: checkpoint.frame } };
    const header = { shard, shards, shardCreatedAt, token, coveredUntil, ...place };
    try {
      const bytes = await replaceSnapshotFile(this.#path, encodeSnapshot(header, book));
      logger.info({ ...this.#what, bytes, coveredUntil }, 'a snapshot of the book is written');
    } catch (error) {
      logger.error({ ...this.#what, err: error }, 'a snapshot of the book could not be written');
    }
  }

  get #what(): { shard: number; path: string } {
    return { shard: this.#options.shard, path: this.#path };
  }
}
