import { type SummaryDocument, problemsOf } from '@bellwether/contracts';
import { StoredSummary } from './stored-summary.ts';

export type CheckedSummary =
  | { readonly kind: 'valid'; readonly summary: SummaryDocument }
  /** Fields and reasons. */
  | { readonly kind: 'invalid'; readonly problems: string };

/** What the notifier makes of the document of a summary; it passes over what is invalid. */
export function checkSummary(document: unknown): CheckedSummary {
  const { data, error } = StoredSummary.safeParse(document);
  return error === undefined
    ? { kind: 'valid', summary: data }
    : { kind: 'invalid', problems: problemsOf(error) };
}
