import type { AccountEvent, OrderFilled, PositionClosed, PositionReduced } from '../account/events.ts';
import { type Quantity, decimal, formatDecimal, isPositive, subtract } from '../units.ts';
import { grossPnl } from './pnl.ts';
import type { ExitReason, PositionState } from './position.ts';

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
 * have made it smaller ends with it.
 */
export function settleExit(position: PositionState, closing: ClosingFill): readonly AccountEvent[] {
  const settled = exitOf(position, closing);
  if (settled.type === 'PositionReduced') return [settled];
  const { positionId, symbol } = settled;
  const left = position.reducing.filter((id) => id !== closing.fill.clientOrderId);
  return [
    settled,
    ...left.map(
      (orderId) => ({ type: 'OrderCancelled', of: 'order', orderId, symbol, positionId, by }) as const,
    ),
  ];
}

const by = { actor: 'bellwether', reason: 'its position is closed' } as const;

function exitOf(
  position: PositionState,
  { fill, reason, targetId, at }: ClosingFill,
): PositionReduced | PositionClosed {
  const { id: positionId, symbol, side, entryPrice, contract, openedAt } = position;
  const closed = decimal(fill.quantity);
  const left: Quantity = subtract(decimal(position.quantity), closed);
  const pnl = grossPnl(side, contract, closed, decimal(entryPrice), decimal(fill.price));
  const exit = {
    positionId,
    symbol,
    side,
    clientOrderId: fill.clientOrderId,
    quantity: fill.quantity,
    entryPrice,
    exitPrice: fill.price,
    currency: contract.currency,
    realizedPnl: formatDecimal(pnl),
    reason,
    ...(targetId === undefined ? {} : { targetId }),
    ...(fill.tick === undefined ? {} : { tick: fill.tick }),
  };
  return isPositive(left)
    ? { type: 'PositionReduced', ...exit, remaining: formatDecimal(left) }
    : { type: 'PositionClosed', ...exit, openedAt, closedAt: at };
}
