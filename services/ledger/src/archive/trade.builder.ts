import { type LedgerTradeDocument, eventId, shardOf, timeShards } from '@bellwether/contracts';

/** Trades for specs: one an hour from hour 0 on, of two users in turn, each of a position of its own. */
export function tradeOf(hour: number, changes: Partial<LedgerTradeDocument> = {}): LedgerTradeDocument {
  const uid = hour % 3 === 0 ? 'bob' : 'ann';
  const id = eventId(`${uid}.main`, hour + 1, 1);
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
    side: hour % 2 === 0 ? 'buy' : 'sell',
    positionSide: 'long',
    effect: hour % 2 === 0 ? 'open' : 'close',
    quantity: '1',
    price: '100',
    currency: 'USD',
    proceeds: hour % 2 === 0 ? '-100' : '102',
    fee: '0.5',
    feeCurrency: 'USD',
    realizedPnl: hour % 2 === 0 ? '0' : '2',
    ...(hour % 5 === 0 ? { strategy: 'swing', tags: ['a', 'b'] } : {}),
    broker: 'shadow',
    tradedAt: hour * 3_600_000,
    ...changes,
  };
}
