import type { AccountRef, Commit } from '@bellwether/contracts';
import { type Account, type AccountEvent, evolve, unopenedAccount } from '@bellwether/domain';
import type { CommitOutcome, CommitRequest } from '@bellwether/store';
import { MemoryAccounts } from '../backtest/memory-accounts.ts';
import type { AccountCommits } from './account-commits.ts';

/** What becomes of one try to commit, where it is not simply done. */
export type Obstacle = () => Promise<CommitOutcome<never> | undefined>;

/** Accounts in memory, and what meets the tries to commit to them. */
export class FakeCommits implements Pick<AccountCommits, 'commit'> {
  readonly requests: CommitRequest<unknown>[] = [];
  /** What meets the next tries of an account. */
  readonly #obstacles = new Map<string, Obstacle[]>();
  readonly #accounts = new MemoryAccounts();

  get commits(): readonly Commit[] {
    return this.#accounts.commits;
  }

  /** Puts an account there: its events so far, in one entry. */
  given({ tenant, uid, accountId }: AccountRef, ...events: readonly AccountEvent[]): void {
    this.#accounts.put(events.reduce(evolve, unopenedAccount(tenant, uid, accountId)), 1);
  }

  /** Events that happen to an account that is there, in an entry of their own. */
  add(ref: AccountRef, ...events: readonly AccountEvent[]): void {
    const cause = { kind: 'broker', broker: 'test', about: 'what happens' } as const;
    void this.#accounts.commit(ref, { cause, traceparent: '', decide: () => ({ events }) });
  }

  obstruct({ accountId }: AccountRef, ...obstacles: readonly Obstacle[]): void {
    this.#obstacles.set(accountId, [...(this.#obstacles.get(accountId) ?? []), ...obstacles]);
  }

  account(ref: AccountRef): Account | undefined {
    return this.#accounts.account(ref);
  }

  async entries(ref: AccountRef, fromSeq: number, toSeq: number): Promise<readonly { commit: Commit }[]> {
    return this.#accounts.entries(ref, fromSeq, toSeq);
  }

  async commit<Refusal>(ref: AccountRef, request: CommitRequest<Refusal>): Promise<CommitOutcome<Refusal>> {
    this.requests.push(request);
    const met = await this.#obstacles.get(ref.accountId)?.shift()?.();
    return met ?? this.#accounts.commit(ref, request);
  }
}

/** Nothing is in its way. */
export const unmet: Obstacle = async () => Promise.resolve(undefined);

/** Another writer was faster. */
export const contended: Obstacle = async () => Promise.resolve({ status: 'contended' });

/** The store cannot be reached. */
export const unreachable: Obstacle = async () => Promise.reject(new Error('unreachable'));
