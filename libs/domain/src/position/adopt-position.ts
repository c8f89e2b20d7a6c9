import type { Account } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { type Result, ok, refuse } from '../result.ts';
import { isPositive, parseDecimal } from '../units.ts';
import type { PositionTerms } from './position.ts';

/** How many positions an account may hold open: its document lists them. */
export const maxOpenPositions = 1_000;

export type AdoptRefusal =
  | { readonly reason: 'TOO_MANY_OPEN_POSITIONS'; readonly limit: number }
  | { readonly reason: 'POSITION_EXISTS'; readonly positionId: string }
  | { readonly reason: 'NOT_POSITIVE'; readonly field: string; readonly value: string };

/** Takes over a position that exists already: it is protected from now on, and no cash moves. */
export function adoptPosition(
  account: Account,
  position: PositionTerms,
): Result<readonly AccountEvent[], AdoptRefusal> {
  if (account.positions.has(position.id) || account.openPositionIds.has(position.id))
    return refuse({ reason: 'POSITION_EXISTS', positionId: position.id });
  if (account.openPositionIds.size >= maxOpenPositions)
    return refuse({ reason: 'TOO_MANY_OPEN_POSITIONS', limit: maxOpenPositions });
  const { stopLoss, takeProfit, trailing } = position.exits;
  const amounts = {
    quantity: position.quantity,
    entryPrice: position.entryPrice,
    stopLoss,
    takeProfit,
    'trailing.distance': trailing?.distance,
  };
  for (const [field, value] of Object.entries(amounts)) {
    if (value === undefined) continue;
    const parsed = parseDecimal(value);
    if (parsed === undefined || !isPositive(parsed)) return refuse({ reason: 'NOT_POSITIVE', field, value });
  }
  return ok([{ type: 'PositionAdopted', position }]);
}
