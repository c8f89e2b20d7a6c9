import {
  type ClosedTradeDocument,
  type LedgerTradeDocument,
  type ShadowTradeDocument,
  eventId,
  shardOf,
  timeShards,
} from '@bellwether/contracts';

/** A stored trade for specs: one an hour from hour 0 on, of two users in turn, each of a position of its own. */
export function ledgerTradeOf(hour: number, changes: Partial<LedgerTradeDocument> = {}): LedgerTradeDocument {
  const { uid = hour % 3 === 0 ? 'bob' : 'ann' } = changes;
  const id = eventId(`${uid}.main`, hour + 1, 1);
  const enters = hour % 2 === 0;
  return {
    eventId: id,
    bookedAs: id,
    shard: shardOf(id, timeShards),
    accountId: `${uid}.main`,
    uid,
    seq: hour + 1,
    positionId: `p${hour}`,
    orderId: `o${hour}`,
    symbol: 'SPY',
    side: enters ? 'buy' : 'sell',
    positionSide: 'long',
    effect: enters ? 'open' : 'close',
    quantity: '1',
    price: '100',
    currency: 'USD',
    proceeds: enters ? '-100' : '102',
    fee: '0.5',
    feeCurrency: 'USD',
    realizedPnl: enters ? '0' : '2',
    broker: 'shadow',
    tradedAt: hour * 3_600_000,
    ...changes,
  };
}

/** The stored position of such a trade, open. */
export function openTradeOf(tenantId: string, trade: LedgerTradeDocument): ShadowTradeDocument {
  return { ...termsOf(tenantId, trade), status: 'OPEN' };
}

/** The same, closed by the trade. */
export function closedTradeOf(tenantId: string, trade: LedgerTradeDocument): ClosedTradeDocument {
  const { uid, shard, eventId: closedBy, price, realizedPnl, fee, feeCurrency, tradedAt, reason } = trade;
  return {
    ...termsOf(tenantId, trade),
    status: 'CLOSED',
    exitPrice: price,
    realizedPnl,
    fees: { [feeCurrency]: fee },
    funding: '0',
    reason: reason ?? 'manual',
    closedAt: tradedAt,
    closedBy,
    uid,
    shard,
  };
}

function termsOf(tenantId: string, trade: LedgerTradeDocument) {
  const { uid, accountId, positionId, symbol, positionSide: side, quantity, currency } = trade;
  const { price: entryPrice, broker, tradedAt: openedAt, eventId: openedBy, strategy, tags } = trade;
  return {
    tenantId,
    uid,
    accountId,
    positionId,
    symbol,
    side,
    quantity,
    entryPrice,
    currency,
    broker,
    ...(strategy === undefined ? {} : { strategy }),
    ...(tags === undefined ? {} : { tags }),
    openedAt,
    openedBy,
  };
}
