import type { LedgerProjection, ScopeRef } from '@bellwether/contracts';
import { paths } from '@bellwether/contracts';
import { accountsOfScope, repositoriesOf } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { sumOfBalances } from './sum-of-balances.ts';

/** What the accounts of a tenant, or of all, have on one ledger account in one currency. */
export interface BalanceRow {
  readonly ledgerAccount: string;
  readonly currency: string;
  /** Positive is a debit. */
  readonly amount: string;
}

const atOnce = 300;

/**
 * The balances of a scope, by ledger account and currency: exact sums over its accounts' own, as far as each is booked. They sum
 * to zero in each currency. Costs two reads for each account; nothing is stored.
 */
export async function balancesOf(firestore: Firestore, scope: ScopeRef): Promise<BalanceRow[]> {
  const { ledgerProjections } = repositoriesOf(firestore);
  const projections: LedgerProjection[] = [];
  let waiting: string[] = [];
  const read = async (): Promise<void> => {
    for (const found of await ledgerProjections.readAll(waiting)) if (found) projections.push(found.document);
    waiting = [];
  };
  for await (const { tenantId: tenant, uid, accountId } of accountsOfScope(firestore, scope)) {
    waiting.push(paths.ledgerProjection({ tenant, uid, accountId }));
    if (waiting.length === atOnce) await read();
  }
  await read();
  return Object.entries(sumOfBalances(projections.map(({ balances }) => balances))).map(([name, amount]) => {
    const at = name.lastIndexOf('|');
    return { ledgerAccount: name.slice(0, at), currency: name.slice(at + 1), amount };
  });
}
