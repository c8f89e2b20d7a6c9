import { type Commit, type LedgerTradeDocument, eventId, shardOf, timeShards } from '@bellwether/contracts';
import type { AccountEvent, OrderFilled } from '@bellwether/domain';
import { filledAt } from './filled-at.ts';

/** What a fill did, said by the event after it. */
type Effect = Extract<
  AccountEvent,
  { type: 'PositionOpened' | 'PositionIncreased' | 'PositionReduced' | 'PositionClosed' }
>;

/** One trade for every fill of a commit, in their order. */
export function tradesOfCommit(commit: Commit): LedgerTradeDocument[] {
  const trades: LedgerTradeDocument[] = [];
  for (const [index, fill] of commit.events.entries()) {
    if (fill.type !== 'OrderFilled') continue;
    const at = commit.events.findIndex(
      (event, i) => i > index && isEffect(event) && positionIdOf(event) === fill.positionId,
    );
    const effect = commit.events[at];
    if (effect !== undefined && isEffect(effect)) trades.push(tradeOf(commit, index, fill, at, effect));
  }
  return trades;
}

function tradeOf(
  { accountId, uid, seq, events }: Commit,
  index: number,
  fill: OrderFilled,
  effectIndex: number,
  effect: Effect,
): LedgerTradeDocument {
  const id = eventId(accountId, seq, index);
  const { positionId, clientOrderId: orderId, symbol, side, quantity, price, proceeds } = fill;
  const { currency, fee, feeCurrency } = fill;
  const closes = effect.type === 'PositionReduced' || effect.type === 'PositionClosed';
  const labels = effect.type === 'PositionOpened' ? effect.position : effect;
  return {
    eventId: id,
    bookedAs: eventId(accountId, seq, effectIndex),
    shard: shardOf(id, timeShards),
    accountId,
    uid,
    seq,
    positionId,
    orderId,
    symbol,
    side,
    positionSide: (side === 'buy') === closes ? 'short' : 'long',
    effect: effects[effect.type],
    quantity,
    price,
    currency,
    proceeds,
    fee,
    feeCurrency,
    realizedPnl: closes ? effect.realizedPnl : '0',
    ...(closes ? { reason: effect.reason } : {}),
    ...('strategy' in labels && labels.strategy !== undefined ? { strategy: labels.strategy } : {}),
    ...('tags' in labels && labels.tags !== undefined ? { tags: labels.tags } : {}),
    broker: ('broker' in labels ? labels.broker : undefined) ?? 'shadow',
    tradedAt: tradedAt(events, fill, effect),
  };
}

const effects = {
  PositionOpened: 'open',
  PositionIncreased: 'increase',
  PositionReduced: 'reduce',
  PositionClosed: 'close',
} as const satisfies Record<Effect['type'], LedgerTradeDocument['effect']>;

function isEffect(event: AccountEvent): event is Effect {
  return event.type in effects;
}

function positionIdOf(effect: Effect): string {
  return effect.type === 'PositionOpened' ? effect.position.id : effect.positionId;
}

function tradedAt(events: readonly AccountEvent[], fill: OrderFilled, effect: Effect): number {
  if (effect.type === 'PositionClosed') return effect.closedAt;
  if (effect.type === 'PositionOpened') return effect.position.openedAt;
  return filledAt(events, fill);
}
