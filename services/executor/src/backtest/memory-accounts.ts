import { type AccountRef, type Commit, sequenceId } from '@bellwether/contracts';
import { type Account, evolveAll, unopenedAccount } from '@bellwether/domain';
import { type AccountStore, type CommitOutcome, type CommitRequest, hashCommit } from '@bellwether/store';
import { Timestamp } from '@google-cloud/firestore';

interface Held {
  readonly account: Account;
  readonly version: number;
  readonly headHash: string;
}

/**
 * Accounts and their journals in memory, committed to as the store commits: one decision at the head, one entry,
 * each command once by its key. Nothing contends, nothing fails and nothing is read, so the same requests make the
 * same entries.
 */
export class MemoryAccounts implements Pick<AccountStore, 'commit'> {
  /** Every entry of every account, in the order in which they were committed. */
  readonly commits: Commit[] = [];
  readonly #held = new Map<string, Held>();
  /** By account and key. */
  readonly #commands = new Map<string, { readonly requestHash: string; readonly seq: number }>();

  /** An account that was there before the first commit here. */
  put(account: Account, version: number): void {
    this.#held.set(account.accountId, { account, version, headHash: '' });
  }

  account({ accountId }: Pick<AccountRef, 'accountId'>): Account | undefined {
    return this.#held.get(accountId)?.account;
  }

  /** In the order in which they were opened. */
  *accounts(): Iterable<Account> {
    for (const { account } of this.#held.values()) yield account;
  }

  /** As the journal answers. */
  async entries(
    { accountId }: AccountRef,
    fromSeq: number,
    toSeq: number,
  ): Promise<readonly { readonly commit: Commit }[]> {
    const found = this.commits.filter(
      (commit) => commit.accountId === accountId && commit.seq >= fromSeq && commit.seq <= toSeq,
    );
    return Promise.resolve(found.map((commit) => ({ commit })));
  }

  async commit<Refusal>(ref: AccountRef, request: CommitRequest<Refusal>): Promise<CommitOutcome<Refusal>> {
    return Promise.resolve(this.#commit(ref, request));
  }

  #commit<Refusal>(ref: AccountRef, request: CommitRequest<Refusal>): CommitOutcome<Refusal> {
    const { cause, requestHash, traceparent } = request;
    const key = cause.kind === 'command' ? `${ref.accountId}/${cause.key}` : undefined;
    const known = key === undefined ? undefined : this.#commands.get(key);
    if (known !== undefined)
      return known.requestHash === requestHash
        ? { status: 'repeated', seq: known.seq }
        : { status: 'keyReused' };
    const before = this.#held.get(ref.accountId) ?? unopened(ref);
    const decision = request.decide(before.account, before.version > 0, before.version);
    if ('refusal' in decision) return { status: 'refused', refusal: decision.refusal };
    const isChange = decision.events.length > 0;
    const seq = isChange ? before.version + 1 : before.version;
    if (key !== undefined && requestHash !== undefined && request.isPart !== true)
      this.#commands.set(key, { requestHash, seq });
    if (!isChange) return { status: 'unchanged', version: seq };

    const { tenant, uid, accountId } = ref;
    const unhashed: Omit<Commit, 'hash'> = {
      schema: 2,
      tenant,
      uid,
      accountId,
      seq,
      commitId: `${accountId}:${sequenceId(seq)}`,
      cause,
      events: [...decision.events],
      traceparent,
      previousHash: before.headHash,
    };
    const commit = { ...unhashed, hash: hashCommit(unhashed) };
    const account = decision.after ?? evolveAll(before.account, decision.events);
    this.#held.set(accountId, { account, version: seq, headHash: commit.hash });
    this.commits.push(commit);
    const stored = { commit, committedAt: 0, commitTime: Timestamp.fromMillis(0) };
    return { status: 'committed', stored, account };
  }
}

function unopened({ tenant, uid, accountId }: AccountRef): Held {
  return { account: unopenedAccount(tenant, uid, accountId), version: 0, headHash: '' };
}
