import { ScopeCommit, type ScopeRef, paths, sequenceId } from '@bellwether/contracts';
import type { DocumentSnapshot, Firestore } from '@google-cloud/firestore';
import { epochMilliseconds } from './journal.ts';

/** A scope's journal entry as it is stored, with the moment at which Firestore committed it. */
export interface StoredScopeCommit {
  readonly commit: ScopeCommit;
  /** Epoch milliseconds with fraction. */
  readonly committedAt: number;
}

/** One entry of a scope's journal; `undefined` when nothing committed under that sequence. */
export async function readScopeCommit(
  firestore: Firestore,
  scope: ScopeRef,
  seq: number,
): Promise<StoredScopeCommit | undefined> {
  return toStored(await firestore.doc(paths.scopeJournalEntry(scope, seq)).get());
}

/** Up to `limit` entries from `fromSeq` on, ascending. */
export async function readScopeCommits(
  firestore: Firestore,
  scope: ScopeRef,
  fromSeq = 1,
  limit = 200,
): Promise<readonly StoredScopeCommit[]> {
  const { docs } = await firestore
    .collection(paths.scopeJournal(scope))
    .orderBy('__name__')
    .startAt(sequenceId(fromSeq))
    .limit(limit)
    .get();
  return docs.flatMap((document) => toStored(document) ?? []);
}

function toStored(document: DocumentSnapshot): StoredScopeCommit | undefined {
  if (!document.exists || document.createTime === undefined) return undefined;
  return {
    commit: ScopeCommit.parse(document.data()),
    committedAt: epochMilliseconds(document.createTime),
  };
}
