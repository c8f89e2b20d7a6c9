import type { Account } from '../account/account.ts';
import type { AccountEvent, ExitTriggered } from '../account/events.ts';
import { type TickReference, isAtOrAfter } from '../market/tick.ts';
import { type Result, ok, refuse } from '../result.ts';
import { compare, decimal, formatDecimal } from '../units.ts';
import { grossPnl } from './pnl.ts';
import type { ExitReason, Position } from './position.ts';

/** A level of a position that a tick has reached, as the trigger book saw it. */
export interface FiredExit {
  readonly positionId: string;
  readonly reason: ExitReason;
  /** The level that was reached, decimal text; for a trailing stop, where it stood at that tick. */
  readonly level: string;
  readonly tick: TickReference;
  readonly late: boolean;
  readonly lagMs: number;
}

export type ExitRefusal =
  | { readonly reason: 'TRADING_HALTED' }
  | { readonly reason: 'NO_OPEN_POSITION' }
  | { readonly reason: 'BEFORE_ARMED' }
  | { readonly reason: 'LEVEL_NOT_REACHED' };

/**
 * Closes a position whose level was reached. The shadow broker fills the whole quantity at once, at the
 * deciding tick's price, without fee (fill model `exact`), so intent and fill are events of one commit.
 */
export function executeExit(
  account: Account,
  fired: FiredExit,
): Result<readonly AccountEvent[], ExitRefusal> {
  const position = account.positions.get(fired.positionId);
  if (position?.status !== 'open') return refuse({ reason: 'NO_OPEN_POSITION' });
  if (account.trading === 'halted') return refuse({ reason: 'TRADING_HALTED' });
  if (!isAtOrAfter(fired.tick, position.armedFrom)) return refuse({ reason: 'BEFORE_ARMED' });
  if (!isLevelReached(position, fired)) return refuse({ reason: 'LEVEL_NOT_REACHED' });

  const { tick, reason, level, late, lagMs } = fired;
  const { id, symbol, side, quantity, entryPrice, quoteCurrency: currency } = position;
  const clientOrderId = `${account.accountId}.${id}.exit`;
  const orderSide = side === 'long' ? 'sell' : 'buy';
  const order = { clientOrderId, side: orderSide, quantity } as const;
  const price = tick.price;
  const pnl = grossPnl(side, decimal(quantity), decimal(entryPrice), decimal(price));
  const triggered: ExitTriggered = { positionId: id, symbol, level, tick, order, late, lagMs };
  return ok([
    { type: triggeredType[reason], ...triggered },
    {
      type: 'OrderFilled',
      clientOrderId,
      positionId: id,
      symbol,
      side: orderSide,
      quantity,
      price,
      fee: '0',
      currency,
    },
    {
      type: 'PositionClosed',
      positionId: id,
      symbol,
      side,
      quantity,
      entryPrice,
      exitPrice: price,
      currency,
      realizedPnl: formatDecimal(pnl),
      reason,
      openedAt: position.openedAt,
      closedAt: tick.exchangeAt,
      tick,
    },
  ]);
}

const triggeredType = {
  stopLoss: 'StopTriggered',
  takeProfit: 'TargetTriggered',
  trailingStop: 'TrailingStopTriggered',
} as const;

function isLevelReached(position: Position, { reason, level, tick }: FiredExit): boolean {
  const { exits, side } = position;
  const armed = {
    stopLoss: exits.stopLoss,
    takeProfit: exits.takeProfit,
    trailingStop: exits.trailing && level,
  }[reason];
  if (armed === undefined) return false;
  const fromLevel = compare(decimal(tick.price), decimal(armed));
  const isLossSide = reason !== 'takeProfit';
  return (side === 'long') === isLossSide ? fromLevel <= 0 : fromLevel >= 0;
}
