import { type LedgerTradeDocument, mainAccount, paths } from '@bellwether/contracts';
import { OpenSums } from '@bellwether/ledger';
import { ledgerTradeOf, openTradeOf } from '@bellwether/testing';
import type { Firestore } from '@google-cloud/firestore';
import { writeDocuments } from '../cloud/documents.ts';

export const tenant = 'acme';
export const users = 100;
export const everyMs = 1_000;
export const openOfEach = 50;

/** A tenant's books as a ledger leaves them: trades of a hundred users, one each second, with their sums, and what is open. */
export async function writeBooks(firestore: Firestore, trades: number): Promise<void> {
  const sums = Array.from({ length: users }, () => new OpenSums());
  const grown: Record<string, unknown>[] = [];
  await writeDocuments(firestore, paths.ledgerTrades(tenant), trades, (index) => {
    const trade = tradeOf(index);
    const document = sums[index % users]?.add(trade);
    if (document !== undefined) grown.push({ ...document });
    return { ...trade };
  });
  await writeDocuments(firestore, paths.ledgerSums(tenant), grown.length, (index) => grown[index] ?? {});
  for (const [user, open] of sums.entries()) {
    const ref = mainAccount(tenant, uidOf(user));
    const { uid, accountId } = ref;
    const count = Math.ceil((trades - user) / users);
    await firestore.doc(paths.account(ref)).set({ schema: 2, tenantId: tenant, uid, accountId });
    await firestore
      .doc(paths.ledgerProjection(ref))
      .set({ watermark: trades, entries: count, trades: count, balances: {}, sums: open.text() });
    await writeDocuments(firestore, paths.shadowTrades(uid), openOfEach, (index) => ({
      ...openTradeOf(tenant, tradeOf(user + index * users)),
    }));
  }
}

export function uidOf(user: number): string {
  return `u${user}`;
}

function tradeOf(index: number): LedgerTradeDocument {
  const enters = Math.floor(index / users) % 2 === 0;
  return ledgerTradeOf(index, {
    uid: uidOf(index % users),
    symbol: `SYM${index % 1_000}`,
    side: enters ? 'buy' : 'sell',
    effect: enters ? 'open' : 'close',
    realizedPnl: enters ? '0' : '1.25',
    strategy: `s${Math.floor(index / users) % 5}`,
    tags: [`t${index % 3}`],
    tradedAt: index * everyMs,
  });
}
