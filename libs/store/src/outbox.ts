import { type OutboxPointer, type ScopePointer, outboxShards, paths, sourceOf } from '@bellwether/contracts';
import type { Firestore } from '@google-cloud/firestore';
import { epochMilliseconds } from './journal.ts';
import { readDocument } from './read-document.ts';
import { type BulkWrites, allTenants } from './write-limits/bulk-writes.ts';
import { unpacedWrites } from './write-limits/unpaced-writes.ts';

const batchSize = 100;

/** A commit that is not known to be published. */
export type PendingPublish = (OutboxPointer | ScopePointer) & {
  /** Epoch milliseconds. */
  readonly committedAt: number;
};

/** What names a pointer: one itself, or the commit that created it. */
export type PointerName = (Pick<OutboxPointer, 'accountId'> | Pick<ScopePointer, 'scope'>) & {
  readonly seq: number;
};

/**
 * The set of commits that are not known to be published: each pointer is created by its commit and
 * deleted once its message is acknowledged. A lost delete costs a repeated publish, never a lost one.
 */
export class Outbox {
  readonly #firestore: Firestore;
  readonly #writes: BulkWrites;

  constructor(firestore: Firestore, writes = unpacedWrites(firestore)) {
    this.#firestore = firestore;
    this.#writes = writes;
  }

  /** Up to `limit` pending pointers of each outbox shard, in no order of time. */
  async pending(limit = 500): Promise<readonly PendingPublish[]> {
    const shards = Array.from({ length: outboxShards }, async (_, shard) =>
      this.#firestore.collection(paths.outboxPending(shard)).orderBy('__name__').limit(limit).get(),
    );
    const pages = await Promise.all(shards);
    return pages.flatMap(({ docs }) =>
      docs.flatMap((document) => {
        const pointer = readDocument<OutboxPointer | ScopePointer>(document);
        return pointer === undefined
          ? []
          : [{ ...pointer, committedAt: epochMilliseconds(document.createTime) }];
      }),
    );
  }

  /** These are published: their pointers go. */
  async settle(published: readonly PointerName[]): Promise<void> {
    for (let at = 0; at < published.length; at += batchSize)
      await this.#writes.write({ tenant: allTenants, priority: 'background' }, (batch) => {
        for (const name of published.slice(at, at + batchSize))
          batch.delete(paths.outboxPointer(sourceOf(name), name.seq));
      });
  }
}
