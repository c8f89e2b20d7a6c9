import { type Money, type Price, type Quantity, multiply, subtract } from '../units.ts';
import type { Side } from './position.ts';

/**
 * What closing `quantity` at `exitPrice` gains, in quote currency, before fees. Exact.
 *
 * Long: (exit - entry) x quantity. Short: (entry - exit) x quantity.
 * With a mark price as the exit it is the unrealized P&L.
 */
export function grossPnl(side: Side, quantity: Quantity, entryPrice: Price, exitPrice: Price): Money {
  const gain = side === 'long' ? subtract(exitPrice, entryPrice) : subtract(entryPrice, exitPrice);
  return multiply(gain, quantity);
}
