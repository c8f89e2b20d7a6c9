import { type LedgerTradeDocument, type ToldDocument, paths, queries } from '@bellwether/contracts';
import { accountsOfScope, eachOfShards } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { Summary } from './summary.ts';
import type { SummaryPeriod } from './summary-period.ts';

/** What a tenant traded in a period, by the books. Costs a read for each trade of it, and one for each account. */
export async function summarise(
  firestore: Firestore,
  tenant: string,
  of: 'day' | 'week',
  period: SummaryPeriod,
): Promise<ToldDocument> {
  const summary = new Summary(period);
  const parts = { within: paths.ledgerTrades(tenant), from: period.from, before: period.before };
  for await (const trade of eachOfShards<LedgerTradeDocument>(firestore, queries.lastTradesOfTenant, parts))
    summary.add(trade);
  let [positions, accounts] = [0, 0];
  for await (const { openPositionIds } of accountsOfScope(firestore, { kind: 'tenant', tenant })) {
    positions += openPositionIds.length;
    if (openPositionIds.length > 0) accounts += 1;
  }
  return summary.told(of, { positions, accounts });
}
