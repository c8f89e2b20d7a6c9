import { type AccountRef, type Commit, sequenceId } from '@bellwether/contracts';
import { type Account, type AccountEvent, evolve, unopenedAccount } from '@bellwether/domain';
import type { CommitOutcome, CommitRequest } from '@bellwether/store';
import { Timestamp } from '@google-cloud/firestore';
import type { AccountCommits } from './account-commits.ts';

/** What becomes of one try to commit, where it is not simply done. */
export type Obstacle = () => Promise<CommitOutcome<never> | undefined>;

/** Accounts in memory, committed to as the store does it: one decision on the head, one entry. */
export class FakeCommits implements Pick<AccountCommits, 'commit'> {
  readonly commits: Commit[] = [];
  readonly requests: CommitRequest<unknown>[] = [];
  /** What meets the next tries of an account. */
  readonly #obstacles = new Map<string, Obstacle[]>();
  readonly #accounts = new Map<string, { account: Account; version: number }>();

  /** Puts an account there: its events so far, in one entry. */
  given({ tenant, uid, accountId }: AccountRef, ...events: readonly AccountEvent[]): void {
    const account = events.reduce(evolve, unopenedAccount(tenant, uid, accountId));
    this.#accounts.set(accountId, { account, version: 1 });
  }

  obstruct({ accountId }: AccountRef, ...obstacles: readonly Obstacle[]): void {
    this.#obstacles.set(accountId, [...(this.#obstacles.get(accountId) ?? []), ...obstacles]);
  }

  account({ accountId }: AccountRef): Account | undefined {
    return this.#accounts.get(accountId)?.account;
  }

  async commit<Refusal>(ref: AccountRef, request: CommitRequest<Refusal>): Promise<CommitOutcome<Refusal>> {
    const { tenant, uid, accountId } = ref;
    this.requests.push(request);
    const met = await this.#obstacles.get(accountId)?.shift()?.();
    if (met !== undefined) return met;
    const { account, version } = this.#accounts.get(accountId) ?? {
      account: unopenedAccount(tenant, uid, accountId),
      version: 0,
    };
    const decision = request.decide(account, version > 0);
    if ('refusal' in decision) return { status: 'refused', refusal: decision.refusal };
    if (decision.events.length === 0) return { status: 'unchanged', version };
    const after = { account: decision.events.reduce(evolve, account), version: version + 1 };
    this.#accounts.set(accountId, after);
    const commit: Commit = {
      schema: 2,
      tenant,
      uid,
      accountId,
      seq: after.version,
      commitId: `${accountId}:${sequenceId(after.version)}`,
      cause: request.cause,
      events: [...decision.events],
      traceparent: request.traceparent,
      previousHash: '',
      hash: '',
    };
    this.commits.push(commit);
    const stored = { commit, committedAt: 0, commitTime: Timestamp.fromMillis(0) };
    return { status: 'committed', stored, account: after.account };
  }
}

/** Another writer was faster. */
export const contended: Obstacle = async () => Promise.resolve({ status: 'contended' });

/** The store cannot be reached. */
export const unreachable: Obstacle = async () => Promise.reject(new Error('unreachable'));
