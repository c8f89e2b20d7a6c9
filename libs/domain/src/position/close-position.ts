import type { Account } from '../account/account.ts';
import type {
  AccountEvent,
  OrderFilled,
  PositionClosed,
  PositionReduced,
  PositionTotals,
} from '../account/events.ts';
import { endEntries } from '../order/end-entries.ts';
import {
  type Quantity,
  addTexts,
  compare,
  decimal,
  formatDecimal,
  isPositive,
  isZero,
  subtract,
} from '../units.ts';
import { grossPnl } from './pnl.ts';
import { type ExitReason, type PositionState, availableQuantity } from './position.ts';

/** What one closing fill says of its order. */
export interface ClosingFill {
  readonly fill: OrderFilled;
  readonly reason: ExitReason;
  readonly targetId?: string;
  /** When it filled: the tick's exchange time, or the broker's, epoch milliseconds. */
  readonly at: number;
}

/**
 * What a fill of a closing order makes of a position: smaller, or closed when nothing is left. What else would
 * have made it smaller ends with it, what is left of this order included, and so does what would have entered it.
 */
export function settleExit(
  account: Account,
  position: PositionState,
  closing: ClosingFill,
): readonly AccountEvent[] {
  const settled = exitOf(position, closing);
  if (settled.type === 'PositionReduced') return [settled];
  const { positionId, symbol } = settled;
  const { clientOrderId, remaining = '0' } = closing.fill;
  const isWhole = isZero(decimal(remaining));
  const left = position.reducing.filter(
    (id) => account.workingOrderIds.has(id) && (id !== clientOrderId || !isWhole),
  );
  return [
    settled,
    ...left.map(
      (orderId) => ({ type: 'OrderCancelled', of: 'order', orderId, symbol, positionId, by }) as const,
    ),
    ...endEntries(account, positionId, by.reason),
  ];
}

/**
 * With what is ordered to close a position: where that is all of it, what would enter it ends at once, and not only when the last
 * of it has filled.
 */
export function whileClosing(
  account: Account,
  position: PositionState,
  ordered: Quantity,
  events: readonly AccountEvent[],
): readonly AccountEvent[] {
  if (account.workingOrderIds.size === 0 || compare(ordered, availableQuantity(position)) < 0) return events;
  if (events.some(({ type }) => type === 'PositionClosed')) return events;
  return [...events, ...endEntries(account, position.id, 'its position is being closed')];
}

const by = { actor: 'bellwether', reason: 'its position is closed' } as const;

function exitOf(
  position: PositionState,
  { fill, reason, targetId, at }: ClosingFill,
): PositionReduced | PositionClosed {
  const { id: positionId, symbol, side, entryPrice, contract, openedAt, strategy, tags, broker } = position;
  const closed = decimal(fill.quantity);
  const left: Quantity = subtract(decimal(position.quantity), closed);
  const gain = grossPnl(side, contract, closed, decimal(entryPrice), decimal(fill.price));
  const pnl = formatDecimal(gain);
  const exit = <Type extends string>(type: Type) => ({
    type,
    positionId,
    symbol,
    side,
    clientOrderId: fill.clientOrderId,
    quantity: fill.quantity,
    entryPrice,
    exitPrice: fill.price,
    currency: contract.currency,
    realizedPnl: pnl,
    reason,
    ...(targetId === undefined ? {} : { targetId }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(tags === undefined ? {} : { tags }),
    broker,
    ...(fill.tick === undefined ? {} : { tick: fill.tick }),
  });
  // Objects that begin with what they copy are made in a fraction of the time.
  return isPositive(left)
    ? { ...exit('PositionReduced'), remaining: formatDecimal(left) }
    : { ...exit('PositionClosed'), totals: totalsOf(position, fill, pnl), openedAt, closedAt: at };
}

/** The position's life with its last fill, which the position does not hold yet. @param pnl decimal text. */
function totalsOf(position: PositionState, { fee, feeCurrency }: OrderFilled, pnl: string): PositionTotals {
  const { enteredQuantity, realizedPnl, fees, funding } = position;
  const paid = addTexts(fees[feeCurrency] ?? '0', fee);
  return {
    quantity: enteredQuantity,
    realizedPnl: addTexts(realizedPnl, pnl),
    fees: paid === '0' ? fees : { ...fees, [feeCurrency]: paid },
    funding,
  };
}
