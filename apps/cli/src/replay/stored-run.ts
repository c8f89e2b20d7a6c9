import {
  type AccountDocument,
  type AccountRef,
  type DeliveryDocument,
  type FeedDocument,
  type LedgerProjection,
  type ShardDocument,
  eventId,
  outboxShards,
  paths,
} from '@bellwether/contracts';
import { type StoredCommit, readAccount, readCommits, readDocument } from '@bellwether/store';
import type { DocumentSnapshot, Firestore } from '@google-cloud/firestore';

/** How far a run has come, by what is stored. */
export interface RunState {
  readonly feed: FeedDocument | undefined;
  readonly shards: readonly (ShardDocument | undefined)[];
}

/** A run as its stored documents tell it, and nothing else. Counts the reads that it costs. */
export class StoredRun {
  readonly #firestore: Firestore;
  readonly #shards: number;
  reads = 0;

  constructor(firestore: Firestore, shards: number) {
    this.#firestore = firestore;
    this.#shards = shards;
  }

  async state(epoch: string): Promise<RunState> {
    const wanted = [
      paths.feed(epoch),
      ...Array.from({ length: this.#shards }, (_, i) => paths.executorShard(i)),
    ];
    const [feed, ...shards] = await this.#getAll(wanted);
    return {
      feed: readDocument<FeedDocument>(feed),
      shards: shards.map((shard) => readDocument<ShardDocument>(shard)),
    };
  }

  /** Commits that are not known to be published. */
  async unpublished(): Promise<number> {
    const shards = Array.from({ length: outboxShards }, async (_, shard) =>
      this.#firestore.collection(paths.outboxPending(shard)).limit(1).get(),
    );
    const pages = await Promise.all(shards);
    this.reads += outboxShards;
    return pages.reduce((sum, { size }) => sum + size, 0);
  }

  async accounts(accounts: readonly AccountRef[]): Promise<readonly AccountDocument[]> {
    const found = await this.#getAll(accounts.map((account) => paths.account(account)));
    return found.flatMap((document) => readAccount(document) ?? []);
  }

  async ledgerWatermarks(accounts: readonly AccountRef[]): Promise<readonly number[]> {
    const found = await this.#getAll(accounts.map((account) => paths.ledgerProjection(account)));
    return found.map((document) => readDocument<LedgerProjection>(document)?.watermark ?? 0);
  }

  async journal(account: AccountRef, version: number): Promise<readonly StoredCommit[]> {
    const found = await readCommits(this.#firestore, account, 1, version);
    this.reads += found.length;
    return found;
  }

  /** Every delivery of these tenants, by event id; what a digest tells was sent when that was. */
  async deliveries(tenants: Iterable<string>): Promise<ReadonlyMap<string, DeliveryDocument>> {
    const byEvent = new Map<string, DeliveryDocument>();
    for (const tenant of new Set(tenants)) {
      const page = await this.#firestore.collection(paths.deliveries(tenant)).get();
      this.reads += Math.max(1, page.size);
      for (const document of page.docs) {
        const delivery = readDocument<DeliveryDocument>(document);
        if (delivery !== undefined) byEvent.set(delivery.eventId, delivery);
      }
    }
    for (const [id, delivery] of byEvent) {
      const sentAt = delivery.digestId === undefined ? undefined : byEvent.get(delivery.digestId)?.sentAt;
      if (sentAt !== undefined) byEvent.set(id, { ...delivery, sentAt });
    }
    return byEvent;
  }

  async #getAll(documents: readonly string[]): Promise<DocumentSnapshot[]> {
    if (documents.length === 0) return [];
    this.reads += documents.length;
    return this.#firestore.getAll(...documents.map((path) => this.#firestore.doc(path)));
  }
}

/** The id under which an event is delivered and booked. */
export function eventIdOf({ accountId, seq }: { accountId: string; seq: number }, index: number): string {
  return eventId(accountId, seq, index);
}
