import {
  type LedgerTradeDocument,
  type ShadowTradeDocument,
  eventId,
  mainAccount,
  paths,
  shardOf,
  timeShards,
} from '@bellwether/contracts';
import { OpenSums } from '@bellwether/ledger';
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
      ...openOf(user + index * users),
    }));
  }
}

export function uidOf(user: number): string {
  return `u${user}`;
}

function tradeOf(index: number): LedgerTradeDocument {
  const uid = uidOf(index % users);
  const id = eventId(`${uid}.main`, index + 1, 1);
  const enters = Math.floor(index / users) % 2 === 0;
  return {
    eventId: id,
    bookedAs: id,
    shard: shardOf(id, timeShards),
    accountId: `${uid}.main`,
    uid,
    seq: index + 1,
    positionId: `p${index}`,
    orderId: `o${index}`,
    symbol: `SYM${index % 1_000}`,
    side: enters ? 'buy' : 'sell',
    positionSide: 'long',
    effect: enters ? 'open' : 'close',
    quantity: '1',
    price: '100.25',
    currency: 'USD',
    proceeds: '-100.25',
    fee: '0.1',
    feeCurrency: 'USD',
    realizedPnl: enters ? '0' : '1.25',
    strategy: `s${Math.floor(index / users) % 5}`,
    tags: [`t${index % 3}`],
    broker: 'shadow',
    tradedAt: index * everyMs,
  };
}

function openOf(index: number): ShadowTradeDocument {
  const {
    accountId,
    positionId,
    symbol,
    quantity,
    price,
    currency,
    broker,
    tradedAt,
    eventId: id,
  } = tradeOf(index);
  return {
    tenantId: tenant,
    accountId,
    positionId,
    symbol,
    side: 'long',
    quantity,
    entryPrice: price,
    currency,
    broker,
    openedAt: tradedAt,
    openedBy: id,
    status: 'OPEN',
  };
}
