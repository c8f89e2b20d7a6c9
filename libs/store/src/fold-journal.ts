import { type AccountRef, type Commit, paths } from '@bellwether/contracts';
import { AccountFold, unopenedAccount } from '@bellwether/domain';
import { creditTransactionsOf } from './credit-transactions.ts';
import { accountDocument, stateFields } from './state-of-account.ts';
import { touchedDocuments } from './state-documents.ts';

/** A journal that cannot be folded: an entry is missing, or not the one that the next was written after. */
export class BrokenJournalError extends Error {
  override readonly name = 'BrokenJournalError';
}

/** Fields of state documents that say when they were written, which no journal tells. Nothing is decided on them. */
export const timesOfWriting: readonly string[] = ['changedAt', 'expireAt'];

/**
 * The state documents of an account, by path, as they stand after its journal: the account, each position, trigger,
 * order and signal that it ever had, and its credit transactions. They are what is stored, but for `timesOfWriting`; documents that have
 * expired are not stored any more.
 *
 * @param commits from the first on, in their order. Without any there is no account, and nothing stored.
 * @param shards how the topology divides symbols.
 * @throws BrokenJournalError
 */
export function foldJournal(
  ref: AccountRef,
  commits: Iterable<Commit>,
  shards: number,
): ReadonlyMap<string, object> {
  const { tenant, uid, accountId } = ref;
  const documents = new Map<string, object>();
  const fold = new AccountFold(unopenedAccount(tenant, uid, accountId));
  let seq = 0;
  let hash = '';
  for (const commit of commits) {
    if (commit.accountId !== accountId || commit.seq !== seq + 1 || commit.previousHash !== hash)
      throw new BrokenJournalError(
        `entry ${commit.seq} of ${commit.accountId} does not follow entry ${seq} of ${accountId}`,
      );
    ({ seq, hash } = commit);
    const touched = touchedDocuments(ref, commit.events, fold.account);
    fold.apply(commit.events);
    for (const { path, kind, id } of touched) {
      const fields = stateFields(ref, fold.account, { kind, id }, { version: seq, shards });
      if (fields === undefined)
        throw new BrokenJournalError(`entry ${seq} of ${accountId} changes no ${path}`);
      documents.set(path, fields);
    }
    for (const [path, transaction] of creditTransactionsOf(commit)) documents.set(path, transaction);
  }
  if (seq > 0) documents.set(paths.account(ref), accountDocument(fold.account, { seq, hash }));
  return documents;
}
