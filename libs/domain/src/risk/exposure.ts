import type { Account } from '../account/account.ts';
import { type ValuationRefusal, amountScale } from '../account/equity.ts';
import { type Contract, notional } from '../market/instrument.ts';
import type { Conversion } from '../market/rate.ts';
import type { Market } from '../market/symbol-prices.ts';
import { type OrderTerms, isWorking } from '../order/order.ts';
import { closingSide } from '../position/position.ts';
import { valuationTick } from '../position/value-position.ts';
import { type Result, ok, refuse } from '../result.ts';
import { type Money, type Quantity, add, decimal, roundTo, subtract, zero } from '../units.ts';

/** Amounts in the account's currency. */
export interface Exposure {
  readonly symbol: Money;
  readonly total: Money;
}

/**
 * The notional at last prices of all open positions, of what still is to be filled of the orders that enter,
 * and of `order`: long and short alike, nothing is netted. Only `order`'s symbol where the total does not matter.
 */
export function exposureWith(
  account: Account,
  order: OrderTerms,
  { market, conversion, needsTotal }: { market: Market; conversion: Conversion; needsTotal: boolean },
): Result<Exposure, ValuationRefusal> {
  const held: Held[] = [{ ...order, quantity: decimal(order.quantity) }];
  for (const id of account.openPositionIds) {
    const position = account.positions.get(id);
    if (position === undefined) return refuse({ reason: 'NOT_LOADED', id });
    const { symbol, contract, side } = position;
    held.push({ symbol, contract, side: closingSide(side), quantity: decimal(position.quantity) });
  }
  for (const id of account.workingOrderIds) {
    const working = account.orders.get(id);
    if (working === undefined) return refuse({ reason: 'NOT_LOADED', id });
    if (working.purpose.kind === 'reduce' || !isWorking(working)) continue;
    held.push({ ...working, quantity: subtract(decimal(working.quantity), decimal(working.filled)) });
  }
  let ofSymbol: Money = zero;
  let total: Money = zero;
  for (const { symbol, contract, side, quantity } of held) {
    if (symbol !== order.symbol && !needsTotal) continue;
    const tick = valuationTick(market(symbol), side);
    if (tick === undefined) return refuse({ reason: 'NO_PRICE', symbol });
    const worth = conversion.convert(notional(contract, quantity, decimal(tick.price)), contract.currency);
    if (worth === undefined) return refuse(conversion.missing(contract.currency));
    total = add(total, worth);
    if (symbol === order.symbol) ofSymbol = add(ofSymbol, worth);
  }
  return ok({
    symbol: roundTo(ofSymbol, amountScale, 'halfEven'),
    total: roundTo(total, amountScale, 'halfEven'),
  });
}

interface Held {
  readonly symbol: string;
  readonly contract: Contract;
  readonly side: 'buy' | 'sell';
  readonly quantity: Quantity;
}
