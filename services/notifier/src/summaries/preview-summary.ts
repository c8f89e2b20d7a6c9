import type { ToldDocument } from '@bellwether/contracts';
import type { Firestore } from '@google-cloud/firestore';
import { summarise } from './summarise.ts';
import { type SummaryPeriod, type SummaryTerms, lastDuePeriod } from './summary-period.ts';

export interface SummaryPreview {
  readonly period: SummaryPeriod;
  readonly words: ToldDocument;
}

/** The summary whose time came last before `now`, as it would be told. Nothing is sent or stored. */
export async function previewSummary(
  firestore: Firestore,
  tenant: string,
  terms: SummaryTerms,
  now: number,
): Promise<SummaryPreview> {
  const period = lastDuePeriod(terms, now);
  return { period, words: await summarise(firestore, tenant, terms.period, period) };
}
