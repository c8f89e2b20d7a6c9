import { hash } from 'node:crypto';
import type { Commit, ScopeCommit } from '@bellwether/contracts';
import { canonicalJson } from './canonical-json.ts';
import { DocumentTooLargeError } from './errors.ts';

const maxJournalBytes = 200 * 1024;

/**
 * The commit with its hash, as it goes into the journal of a scope.
 *
 * @throws DocumentTooLargeError before Firestore would refuse.
 */
export function sealScopeCommit(unhashed: Omit<ScopeCommit, 'hash'>): ScopeCommit {
  const text = canonicalJson(unhashed);
  guardEntry(Buffer.byteLength(text));
  return { ...unhashed, hash: sha256(text) };
}

/** @throws DocumentTooLargeError for an entry of more bytes than a journal takes. */
export function guardEntry(bytes: number): void {
  if (bytes > maxJournalBytes)
    throw new DocumentTooLargeError(
      `the journal entry would be ${bytes} bytes, more than ${maxJournalBytes}`,
      { limit: maxJournalBytes, actual: bytes },
    );
}

/** SHA-256, hex, over the commit as JSON with sorted keys, its own hash left out: of scopes, and in schema 2. */
export function hashCommit(commit: Omit<Commit, 'hash'> | Omit<ScopeCommit, 'hash'>): string {
  return sha256(canonicalJson(commit));
}

/** The same over an entry as it lies in the journal, its own hash left out. Since schema 3 events are hashed as the text that they are. */
export function hashStored(entry: object): string {
  if ('schema' in entry && entry.schema === 3 && 'events' in entry && typeof entry.events === 'string')
    return hashTexts(canonicalJson(entry, outsideHead), entry.events);
  return sha256(canonicalJson(entry, ownHash));
}

const ownHash: ReadonlySet<string> = new Set(['hash']);
const outsideHead: ReadonlySet<string> = new Set(['hash', 'events']);

/** Of schema 3: SHA-256, hex, over everything but the events as JSON with sorted keys, then the text of the events. */
export function hashTexts(head: string, events: string): string {
  return sha256(head + events);
}

/** What makes two requests the same: SHA-256, hex, over their JSON with sorted keys. */
export function hashRequest(request: unknown): string {
  return sha256(canonicalJson(request));
}

function sha256(text: string): string {
  return hash('sha256', text);
}
