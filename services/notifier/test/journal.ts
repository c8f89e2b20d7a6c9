import {
  type AccountRef,
  type ChannelDocument,
  type ChannelSettings,
  type Commit,
  commitAttributes,
  mainAccount,
  paths,
} from '@bellwether/contracts';
import type { AccountEvent } from '@bellwether/domain';
import type { TestCloud } from '@bellwether/testing';
import { commitOf } from '../src/notices/notice.builder.ts';
import { readChannelKeys, sealChannel } from '../src/index.ts';

/** A tenant of its own for a test, with an account whose commits are stored and published. */
export class Journal {
  readonly tenant: string;
  readonly account: AccountRef;
  readonly #cloud: TestCloud;
  #seq = 0;

  constructor(cloud: TestCloud, name: string) {
    this.#cloud = cloud;
    this.tenant = `tenant-${name}`;
    this.account = mainAccount(this.tenant, `user-${name}`);
  }

  next(...events: readonly AccountEvent[]): Commit {
    this.#seq += 1;
    return commitOf(events, this.#seq, this.account);
  }

  async store(commit: Commit): Promise<void> {
    await this.#cloud.firestore.doc(paths.journalEntry(this.account, commit.seq)).create(commit);
  }

  async publish(commit: Commit): Promise<string> {
    const data = Buffer.from(JSON.stringify(commit));
    const attributes = commitAttributes(commit);
    return this.#cloud.pubsub.topic('events').publishMessage({ data, attributes });
  }

  async commit(...events: readonly AccountEvent[]): Promise<Commit> {
    const commit = this.next(...events);
    await this.store(commit);
    await this.publish(commit);
    return commit;
  }

  async openChannel(id = 'discord', webhookId = '100000000000000001'): Promise<void> {
    await this.open(id, { kind: 'discordWebhook', webhookId, webhookToken: `token-of-${this.tenant}` });
  }

  async open(id: string, settings: ChannelSettings): Promise<void> {
    const channel: ChannelDocument = { ...settings, status: 'active' };
    const keys = readChannelKeys(this.#cloud.environment);
    const sealed = sealChannel(channel, { tenant: this.tenant, id }, keys);
    await this.#cloud.firestore.doc(paths.channel(this.tenant, id)).set(sealed);
  }
}
