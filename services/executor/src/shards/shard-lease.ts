import {
  type ShardCheckpoint,
  type ShardDocument,
  type StoredShardCheckpoint,
  decodeExtremes,
  encodeExtremes,
  paths,
} from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import { isAlreadyExists, isFailedPrecondition, readDocument } from '@bellwether/store';
import type { DocumentReference, Firestore, Timestamp } from '@google-cloud/firestore';

const leaseMs = 15_000;

/** Another owner holds the shard now: everything that was going to be written for it is void. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/**
 * Who executes a shard. Every write to the shard's document expects the update time of the one before,
 * so a stale owner's next write fails. The same instance takes its own lease over at once; another waits
 * until it has run out.
 */
export class ShardLease {
  readonly #document: DocumentReference;
  readonly #owner: string;
  readonly #clock: Clock;
  readonly token: number;
  /** When the shard's document was created, by Firestore's clock, exactly: it tells databases apart. */
  readonly createdAt: string;
  /** When the lease was taken, by Firestore's clock, epoch milliseconds. */
  readonly takenAt: number;
  /** Where the shard stood when the lease was taken. */
  readonly checkpoint: ShardCheckpoint | undefined;
  #updateTime: Timestamp;
  #writtenAt: number;

  private constructor(
    document: DocumentReference,
    owner: string,
    clock: Clock,
    taken: {
      token: number;
      checkpoint: ShardCheckpoint | undefined;
      createTime: Timestamp;
      updateTime: Timestamp;
    },
  ) {
    this.#document = document;
    this.#owner = owner;
    this.#clock = clock;
    this.token = taken.token;
    this.createdAt = `${taken.createTime.seconds}.${taken.createTime.nanoseconds.toString().padStart(9, '0')}`;
    this.takenAt = taken.updateTime.toMillis();
    this.checkpoint = taken.checkpoint;
    this.#updateTime = taken.updateTime;
    this.#writtenAt = clock.now();
  }

  /**
   * Takes the lease if it is free or run out; `undefined` while it is held.
   *
   * @param isOwnOver a lease in our own name is an earlier life's, and taken over. False once another process
   *   has taken it in that name: the two would take it from each other for ever.
   */
  static async take(
    firestore: Firestore,
    shard: number,
    owner: string,
    clock: Clock,
    isOwnOver = true,
  ): Promise<ShardLease | undefined> {
    const document = firestore.doc(paths.executorShard(shard));
    const found = await document.get();
    const leaseUntil = Math.round(clock.now() + leaseMs);
    try {
      const held = readDocument<ShardDocument>(found);
      const { createTime, updateTime: lastUpdateTime } = found;
      if (held === undefined || createTime === undefined || lastUpdateTime === undefined) {
        const { writeTime } = await document.create({ owner, token: 1, leaseUntil } satisfies ShardDocument);
        return new ShardLease(document, owner, clock, {
          token: 1,
          checkpoint: undefined,
          createTime: writeTime,
          updateTime: writeTime,
        });
      }
      const isOver = held.leaseUntil <= clock.now() || (isOwnOver && held.owner === owner);
      if (!isOver) return undefined;
      const token = held.token + 1;
      const { writeTime } = await document.update({ owner, token, leaseUntil }, { lastUpdateTime });
      const checkpoint = held.checkpoint && fromStored(held.checkpoint);
      return new ShardLease(document, owner, clock, {
        token,
        checkpoint,
        createTime,
        updateTime: writeTime,
      });
    } catch (error) {
      if (isAlreadyExists(error) || isFailedPrecondition(error)) return undefined;
      throw error;
    }
  }

  /** False once the lease has run out: another owner may hold the shard by now. */
  get isHeld(): boolean {
    return this.#clock.now() < this.#writtenAt + leaseMs;
  }

  /** True when half of the lease has passed: it is renewed with the next checkpoint, or by itself. */
  get isDue(): boolean {
    return this.#clock.now() - this.#writtenAt > leaseMs / 2;
  }

  /** Renews the lease and, when given, moves the checkpoint. @throws LeaseLostError */
  async write(checkpoint?: ShardCheckpoint): Promise<void> {
    const leaseUntil = Math.round(this.#clock.now() + leaseMs);
    const update =
      checkpoint === undefined ? { leaseUntil } : { leaseUntil, checkpoint: toStored(checkpoint) };
    try {
      const { writeTime } = await this.#document.update(update, { lastUpdateTime: this.#updateTime });
      this.#updateTime = writeTime;
    } catch (error) {
      await this.#refresh(error);
      const { writeTime } = await this.#document.update(update, { lastUpdateTime: this.#updateTime });
      this.#updateTime = writeTime;
    }
    this.#writtenAt = this.#clock.now();
  }

  /** Lets another owner start at once. */
  async release(): Promise<void> {
    await this.#document.update({ leaseUntil: 0 }, { lastUpdateTime: this.#updateTime });
  }

  /** After an unclear answer: still ours under the same token, or lost. */
  async #refresh(cause: unknown): Promise<void> {
    const found = await this.#document.get();
    const held = readDocument<ShardDocument>(found);
    if (found.updateTime === undefined || held?.owner !== this.#owner || held.token !== this.token)
      throw new LeaseLostError(`${this.#document.path} is held by ${held?.owner ?? 'nobody'}`, { cause });
    this.#updateTime = found.updateTime;
  }
}

function toStored(checkpoint: ShardCheckpoint): StoredShardCheckpoint {
  return { ...checkpoint, extremes: Buffer.from(encodeExtremes(checkpoint.extremes)) };
}

function fromStored({ extremes, ...checkpoint }: StoredShardCheckpoint): ShardCheckpoint {
  return { ...checkpoint, extremes: extremes instanceof Uint8Array ? decodeExtremes(extremes) : extremes };
}
