import { type AccountRef, Commit, paths, sequenceId } from '@bellwether/contracts';
import type { DocumentSnapshot, Firestore, Timestamp } from '@google-cloud/firestore';

/** A journal entry as it is stored, with the moment at which Firestore committed it. */
export interface StoredCommit {
  readonly commit: Commit;
  /** Its events as JSON, where they are text already. */
  readonly eventsJson?: string;
  /** Epoch milliseconds with fraction. All documents of the commit carry it as their update time. */
  readonly committedAt: number;
  readonly commitTime: Timestamp;
}

/** One entry of an account's journal; `undefined` when nothing committed under that sequence. */
export async function readCommit(
  firestore: Firestore,
  account: AccountRef,
  seq: number,
): Promise<StoredCommit | undefined> {
  return toStoredCommit(await firestore.doc(paths.journalEntry(account, seq)).get());
}

/** The entries from `fromSeq` to `toSeq`, both included, ascending; shorter when the journal ends before. */
export async function readCommits(
  firestore: Firestore,
  account: AccountRef,
  fromSeq: number,
  toSeq: number,
): Promise<readonly StoredCommit[]> {
  const found: StoredCommit[] = [];
  for (let seq = fromSeq; seq <= toSeq; seq += pageSize) {
    const last = Math.min(toSeq, seq + pageSize - 1);
    const journal = firestore.collection(paths.journal(account));
    const page = await journal.orderBy('__name__').startAt(sequenceId(seq)).endAt(sequenceId(last)).get();
    for (const document of page.docs) {
      const stored = toStoredCommit(document);
      if (stored !== undefined) found.push(stored);
    }
    if (page.size < last - seq + 1) break;
  }
  return found;
}

export function epochMilliseconds(time: Timestamp): number {
  return time.seconds * 1_000 + time.nanoseconds / 1e6;
}

const pageSize = 200;

function toStoredCommit(document: DocumentSnapshot): StoredCommit | undefined {
  if (!document.exists || document.createTime === undefined) return undefined;
  const commitTime = document.createTime;
  const events: unknown = document.get('events');
  return {
    commit: Commit.parse(document.data()),
    ...(typeof events === 'string' ? { eventsJson: events } : {}),
    committedAt: epochMilliseconds(commitTime),
    commitTime,
  };
}
