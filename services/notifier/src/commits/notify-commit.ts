import { PoisonError } from '@bellwether/bus';
import type { Commit } from '@bellwether/contracts';
import type { Logger } from '@bellwether/observability';
import type { StoredCommit } from '@bellwether/store';
import type { Channel } from '../channels/channel.ts';
import { type Notice, isNoticeworthy, noticesOf } from '../notices/notice.ts';

export interface NotifyCommitPorts {
  readonly readCommit: (commit: Commit) => Promise<StoredCommit | undefined>;
  readonly channelsOf: (tenant: string) => Promise<readonly Channel[]>;
  readonly deliver: (notice: Notice, channel: Channel, publishedAt: number) => Promise<void>;
  readonly logger: Logger;
}

/** Tells a tenant's channels of a commit, once it is read back from the journal. */
export class NotifyCommit {
  readonly #ports: NotifyCommitPorts;
  readonly #warned = new Set<string>();

  constructor(ports: NotifyCommitPorts) {
    this.#ports = ports;
  }

  /**
   * Resolves when every notice of the commit is over, or left to its document, on every active channel.
   *
   * @param publishedAt when the message was published, epoch milliseconds.
   * @throws PoisonError when the journal holds another commit under that sequence; Error when it holds none yet.
   */
  async handle(told: Commit, publishedAt: number): Promise<void> {
    if (!told.events.some(isNoticeworthy)) return;
    const { readCommit, channelsOf, deliver } = this.#ports;
    const [stored, channels] = await Promise.all([readCommit(told), channelsOf(told.tenant)]);
    if (stored === undefined) throw new Error('the commit cannot be read back from the journal');
    const { commit, committedAt } = stored;
    if (commit.hash !== told.hash || commit.tenant !== told.tenant)
      throw new PoisonError('the journal holds another commit under this sequence');
    this.#warnWithout(channels, commit);
    const outcomes = await Promise.allSettled(
      noticesOf(commit, committedAt).flatMap((notice) =>
        channels.map(async (channel) => deliver(notice, channel, publishedAt)),
      ),
    );
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** Once per tenant, until it has a channel again. */
  #warnWithout(channels: readonly Channel[], { tenant, accountId: account, seq }: Commit): void {
    if (channels.length > 0) {
      this.#warned.delete(tenant);
    } else if (!this.#warned.has(tenant)) {
      this.#warned.add(tenant);
      this.#ports.logger.warn({ tenant, account, seq }, 'the tenant has no active channel: nobody is told');
    }
  }
}
