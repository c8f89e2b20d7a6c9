import type { ToldDocument } from '@bellwether/contracts';
import type { Firestore } from '@google-cloud/firestore';
import { summarise } from './summarise.ts';
import { type SummaryPeriod, type SummaryTerms, lastDuePeriod, nextDueAt } from './summary-period.ts';

export interface SummaryPreview {
  readonly period: SummaryPeriod;
  readonly words: ToldDocument;
}

/** The summary that is told next after `now`, of what is traded until now. Nothing is sent or stored. */
export async function previewSummary(
  firestore: Firestore,
  tenant: string,
  terms: SummaryTerms,
  now: number,
): Promise<SummaryPreview> {
  const period = lastDuePeriod(terms, nextDueAt(terms, now));
  return { period, words: await summarise(firestore, tenant, terms.period, period) };
}
