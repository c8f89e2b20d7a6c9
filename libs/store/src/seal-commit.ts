import { type Commit, type JournalDocument, eventTypesOf, paths } from '@bellwether/contracts';
import { canonicalJson } from './canonical-json.ts';
import { guardEntry, hashTexts } from './commit-hash.ts';
import { jsonText } from './json-text.ts';

/** A commit that is ready to be sent, and the document that it becomes. */
export interface SealedCommit {
  readonly commit: Commit;
  readonly document: JournalDocument;
}

/**
 * The commit with its hash. Its events are made text here, once: that is hashed, stored and published.
 *
 * @throws DocumentTooLargeError before Firestore would refuse, UnstorableValueError for what JSON does not hold.
 */
export function sealCommit(unhashed: Omit<Commit, 'schema' | 'hash'>): SealedCommit {
  const { events, ...fields } = unhashed;
  const text = jsonText(events, `${paths.journalEntry(unhashed, unhashed.seq)}: events`);
  const head = { schema: 3 as const, ...fields, eventTypes: eventTypesOf(events) };
  const headText = canonicalJson(head);
  guardEntry(Buffer.byteLength(headText) + Buffer.byteLength(text));
  const hash = hashTexts(headText, text);
  return {
    commit: { schema: 2, ...unhashed, hash },
    document: { ...head, events: text, hash },
  };
}
