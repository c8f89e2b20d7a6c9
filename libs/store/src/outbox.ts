import { type OutboxPointer, outboxShards, paths } from '@bellwether/contracts';
import type { DocumentReference, Firestore } from '@google-cloud/firestore';
import { epochMilliseconds } from './journal.ts';
import { readDocument } from './read-document.ts';

/** A commit that is not known to be published. */
export interface PendingPublish extends OutboxPointer {
  /** Epoch milliseconds. */
  readonly committedAt: number;
}

/**
 * The set of commits that are not known to be published: each pointer is created by its commit and
 * deleted once its message is acknowledged. A lost delete costs a repeated publish, never a lost one.
 */
export class Outbox {
  readonly #firestore: Firestore;

  constructor(firestore: Firestore) {
    this.#firestore = firestore;
  }

  /** Up to `limit` pending pointers of each outbox shard, in no order of time. */
  async pending(limit = 500): Promise<readonly PendingPublish[]> {
    const shards = Array.from({ length: outboxShards }, async (_, shard) =>
      this.#firestore.collection(paths.outboxPending(shard)).orderBy('__name__').limit(limit).get(),
    );
    const pages = await Promise.all(shards);
    return pages.flatMap(({ docs }) =>
      docs.flatMap((document) => {
        const pointer = readDocument<OutboxPointer>(document);
        return pointer === undefined
          ? []
          : [{ ...pointer, committedAt: epochMilliseconds(document.createTime) }];
      }),
    );
  }

  /** These are published: their pointers go. */
  async settle(published: readonly Pick<OutboxPointer, 'accountId' | 'seq'>[]): Promise<void> {
    for (let at = 0; at < published.length; at += 300) {
      const batch = this.#firestore.batch();
      for (const { accountId, seq } of published.slice(at, at + 300))
        batch.delete(this.#pointer(accountId, seq));
      await batch.commit();
    }
  }

  #pointer(accountId: string, seq: number): DocumentReference {
    return this.#firestore.doc(paths.outboxPointer(accountId, seq));
  }
}
