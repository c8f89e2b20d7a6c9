import { createHash } from 'node:crypto';
import type { Commit, ScopeCommit } from '@bellwether/contracts';
import { canonicalJson } from './canonical-json.ts';
import { DocumentTooLargeError } from './errors.ts';

const maxJournalBytes = 200 * 1024;

/**
 * The commit with its hash, as it goes into the journal.
 *
 * @throws DocumentTooLargeError before Firestore would refuse.
 */
export function sealCommit<Unhashed extends Omit<Commit, 'hash'> | Omit<ScopeCommit, 'hash'>>(
  unhashed: Unhashed,
): Unhashed & { readonly hash: string } {
  const text = canonicalJson(unhashed);
  const bytes = Buffer.byteLength(text);
  if (bytes > maxJournalBytes)
    throw new DocumentTooLargeError(
      `the journal entry would be ${bytes} bytes, more than ${maxJournalBytes}`,
    );
  return { ...unhashed, hash: sha256(text) };
}

/** SHA-256, hex, over the commit as JSON with sorted keys, its own hash left out. */
export function hashCommit(commit: Omit<Commit, 'hash'> | Omit<ScopeCommit, 'hash'>): string {
  return hashStored(commit);
}

/** The same over an entry as it lies in the journal, whatever its schema, its own hash left out. */
export function hashStored(entry: object): string {
  return sha256(canonicalJson(entry));
}

/** What makes two requests the same: SHA-256, hex, over their JSON with sorted keys. */
export function hashRequest(request: unknown): string {
  return sha256(canonicalJson(request));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
