import { type AccountRef, Commit, paths, sequenceId } from '@bellwether/contracts';
import type { Firestore, Timestamp } from '@google-cloud/firestore';
import type { ReadDocument } from './reads/read-document.ts';
import { readOne } from './reads/read-list.ts';
import { readPages } from './reads/read-range.ts';

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
  const found = await readOne(firestore, paths.journalEntry(account, seq));
  return found && toStoredCommit(found);
}

/** The entries from `fromSeq` to `toSeq`, both included, ascending; shorter when the journal ends before. */
export async function readCommits(
  firestore: Firestore,
  account: AccountRef,
  fromSeq: number,
  toSeq: number,
): Promise<readonly StoredCommit[]> {
  const within = paths.journal(account);
  // Nothing lies between an id and the same with a point behind it.
  const range = { within, from: sequenceId(fromSeq), before: `${sequenceId(toSeq)}.` };
  const found: StoredCommit[] = [];
  for await (const page of readPages(firestore, range)) found.push(...page.map(toStoredCommit));
  return found;
}

export function epochMilliseconds(time: Timestamp): number {
  return time.seconds * 1_000 + time.nanoseconds / 1e6;
}

function toStoredCommit(document: ReadDocument): StoredCommit {
  const { createTime: commitTime } = document;
  const data = document.data();
  return {
    commit: Commit.parse(data),
    ...(typeof data['events'] === 'string' ? { eventsJson: data['events'] } : {}),
    committedAt: epochMilliseconds(commitTime),
    commitTime,
  };
}
