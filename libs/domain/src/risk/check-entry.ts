import type { Account } from '../account/account.ts';
import type { Market } from '../market/symbol-prices.ts';
import type { TickReference } from '../market/tick.ts';
import type { OrderTerms } from '../order/order.ts';
import { maxOpenPositions } from '../position/adopt-position.ts';

export type RiskRefusal =
  | { readonly reason: 'TRADING_HALTED' }
  | { readonly reason: 'TRADING_REDUCING' }
  | { readonly reason: 'TOO_MANY_OPEN_POSITIONS'; readonly limit: number; readonly open: number };

/** What limits are measured against. */
export interface RiskContext {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly market: Market;
}

/** Which limit an entry would break, and by how much; `undefined` when it breaks none. */
export function checkEntry(
  account: Account,
  { positionId }: OrderTerms,
  _last: TickReference,
  _context: RiskContext,
): RiskRefusal | undefined {
  if (account.trading === 'halted') return { reason: 'TRADING_HALTED' };
  if (account.trading === 'reducing') return { reason: 'TRADING_REDUCING' };
  const limit = account.settings.limits.maxOpenPositions ?? maxOpenPositions;
  const open = account.openPositionIds.size;
  if (!account.openPositionIds.has(positionId) && open >= limit)
    return { reason: 'TOO_MANY_OPEN_POSITIONS', limit, open };
  return undefined;
}
