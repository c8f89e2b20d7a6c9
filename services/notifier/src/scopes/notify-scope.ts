import { PoisonError } from '@bellwether/bus';
import type { ScopeCommit, ScopeRef } from '@bellwether/contracts';
import type { StoredScopeCommit } from '@bellwether/store';
import type { Channel } from '../channels/channel.ts';
import type { Notice } from '../notices/notice.ts';
import { type Audience, scopeNoticesOf } from './scope-notices.ts';

export interface NotifyScopePorts {
  readonly readCommit: (scope: ScopeRef, seq: number) => Promise<StoredScopeCommit | undefined>;
  readonly audienceOf: (audience: Audience) => AsyncIterable<string>;
  readonly channelsOf: (tenant: string) => Promise<readonly Channel[]>;
  readonly deliver: (notice: Notice, channel: Channel, publishedAt: number) => Promise<void>;
}

/** Tells tenants of a commit of a scope that they are in, once it is read back from the scope's journal. */
export class NotifyScope {
  readonly #ports: NotifyScopePorts;

  constructor(ports: NotifyScopePorts) {
    this.#ports = ports;
  }

  /**
   * Resolves when everybody is told, or what is to be told is left to its documents.
   *
   * @param publishedAt when the message was published, epoch milliseconds.
   * @throws PoisonError when the journal holds another commit under that sequence; Error when it holds none yet.
   */
  async handle(told: ScopeCommit, publishedAt: number): Promise<void> {
    const { readCommit, audienceOf, channelsOf, deliver } = this.#ports;
    const stored = await readCommit(told.scope, told.seq);
    if (stored === undefined) throw new Error('the commit cannot be read back from the journal of its scope');
    const { commit, committedAt } = stored;
    if (commit.hash !== told.hash)
      throw new PoisonError('the journal of the scope holds another commit under this sequence');
    const underway: Promise<void>[] = [];
    for (const { to, noticeFor } of scopeNoticesOf(commit, committedAt))
      for await (const tenant of audienceOf(to))
        for (const channel of await channelsOf(tenant))
          underway.push(deliver(noticeFor(tenant), channel, publishedAt));
    for (const outcome of await Promise.allSettled(underway))
      if (outcome.status === 'rejected') throw outcome.reason;
  }
}
