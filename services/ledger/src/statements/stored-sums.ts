import {
  type LedgerProjection,
  type LedgerSumsDocument,
  paths,
  queries,
  timeShards,
} from '@bellwether/contracts';
import { accountsOfScope, buildQuery, readDocument } from '@bellwether/store';
import type { Firestore, Query, Transaction } from '@google-cloud/firestore';
import type { TradeFilter } from './trade-queries.ts';

const pageSize = 500;
const atOnce = 300;

/**
 * What was booked with the trades of a tenant or one of its users, as of one moment, from a time on: more than one sum may tell of
 * the same day and group. Texts of `DaySums`; `undefined` where an account was booked before there were sums, or there is none.
 */
export async function storedSums(
  firestore: Firestore,
  { tenant, uid, from = 0 }: TradeFilter,
): Promise<string[] | undefined> {
  const accounts: { readonly uid: string; readonly accountId: string }[] = [];
  const scope =
    uid === undefined ? ({ kind: 'tenant', tenant } as const) : ({ kind: 'user', tenant, uid } as const);
  for await (const account of accountsOfScope(firestore, scope)) accounts.push(account);
  if (accounts.length === 0) return undefined;
  const known = new Set(accounts.map(({ accountId }) => accountId));
  return firestore.runTransaction(
    async (transaction) => {
      const [open, closed] = await Promise.all([
        openSums(firestore, transaction, tenant, accounts),
        Promise.all(
          closedSums(firestore, { tenant, from, ...(uid === undefined ? {} : { of: [...known] }) }).map(
            async (query) => allOf(transaction, query),
          ),
        ),
      ]);
      if (open === undefined) return undefined;
      const texts = closed
        .flat()
        .filter(({ accountId }) => known.has(accountId))
        .map(({ sums }) => sums);
      return [...open, ...texts];
    },
    { readOnly: true },
  );
}

/** Of each account what no document of sums holds yet; `undefined` where one has none. */
async function openSums(
  firestore: Firestore,
  transaction: Transaction,
  tenant: string,
  accounts: readonly { readonly uid: string; readonly accountId: string }[],
): Promise<string[] | undefined> {
  const found: (string | undefined)[] = [];
  for (let first = 0; first < accounts.length; first += atOnce) {
    const wanted = accounts
      .slice(first, first + atOnce)
      .map((account) => firestore.doc(paths.ledgerProjection({ tenant, ...account })));
    for (const document of await transaction.getAll(...wanted)) {
      const projection = readDocument<LedgerProjection>(document);
      if (projection !== undefined && projection.trades > 0) found.push(projection.sums);
    }
  }
  return found.includes(undefined) ? undefined : found.flatMap((text) => text ?? []);
}

/** Of accounts by their ids, which need no index; of all of a tenant by time. */
function closedSums(
  firestore: Firestore,
  { tenant, from, of }: { readonly tenant: string; readonly from: number; readonly of?: readonly string[] },
): Query[] {
  const within = paths.ledgerSums(tenant);
  if (of !== undefined)
    return of.map((accountId) =>
      firestore.collection(within).orderBy('__name__').startAt(`${accountId}:`).endBefore(`${accountId};`),
    );
  return Array.from({ length: timeShards }, (_, shard) =>
    buildQuery(firestore, queries.sumsOfTenant, { within, values: { shard }, from }),
  );
}

async function allOf(transaction: Transaction, query: Query): Promise<LedgerSumsDocument[]> {
  const found: LedgerSumsDocument[] = [];
  for (let page = await transaction.get(query.limit(pageSize)); ;) {
    found.push(...page.docs.flatMap((document) => readDocument<LedgerSumsDocument>(document) ?? []));
    const last = page.docs.at(-1);
    if (last === undefined || page.size < pageSize) return found;
    page = await transaction.get(query.limit(pageSize).startAfter(last));
  }
}
