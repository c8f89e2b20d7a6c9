import {
  type AccountDocument,
  type AccountRef,
  type Commit,
  commitAttributes,
  paths,
} from '@bellwether/contracts';
import { type AccountEvent, evolve, unopenedAccount } from '@bellwether/domain';
import type { TestCloud } from '@bellwether/testing';
import { commitOf } from '../src/commits/commit.builder.ts';

/** An account as an executor would leave it: journal entries and the account's own document. */
export class Journal {
  readonly #cloud: TestCloud;
  readonly #ref: AccountRef;
  #account;
  #seq = 0;

  constructor(cloud: TestCloud, ref: AccountRef) {
    this.#cloud = cloud;
    this.#ref = ref;
    this.#account = unopenedAccount(ref.tenant, ref.uid, ref.accountId);
  }

  async append(events: readonly AccountEvent[]): Promise<Commit> {
    this.#seq += 1;
    const commit = commitOf(this.#ref, this.#seq, events);
    this.#account = events.reduce(evolve, this.#account);
    const { firestore } = this.#cloud;
    const document: AccountDocument = {
      schema: 2,
      tenantId: this.#ref.tenant,
      uid: this.#ref.uid,
      accountId: this.#ref.accountId,
      version: this.#seq,
      headHash: commit.hash,
      trading: this.#account.trading,
      holds: this.#account.holds,
      settings: this.#account.settings,
      cash: this.#account.cash,
      openPositionIds: [...this.#account.openPositionIds],
      activeTriggerIds: [...this.#account.activeTriggerIds],
      workingOrderIds: [...this.#account.workingOrderIds],
    };
    const batch = firestore.batch();
    batch.create(firestore.doc(paths.journalEntry(this.#ref, this.#seq)), commit);
    batch.set(firestore.doc(paths.account(this.#ref)), document);
    await batch.commit();
    return commit;
  }

  async publish(commit: Commit): Promise<void> {
    const data = Buffer.from(JSON.stringify(commit));
    await this.#cloud.pubsub.topic('events').publishMessage({ data, attributes: commitAttributes(commit) });
  }
}
