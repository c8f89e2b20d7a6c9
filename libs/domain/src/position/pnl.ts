import { type Contract, notional } from '../market/instrument.ts';
import { type Money, type Price, type Quantity, add, divide, multiply, negate, subtract } from '../units.ts';
import type { Side } from './position.ts';

/**
 * What closing `quantity` at `exitPrice` gains, in the settlement currency, before fees.
 *
 * Linear: (exit - entry) x quantity x multiplier, exact. Inverse: quantity x multiplier x (1/entry - 1/exit),
 * each quotient rounded to `inverseScale` digits. A short gains what a long loses.
 * With a mark price as the exit it is the unrealized P&L.
 */
export function grossPnl(
  side: Side,
  contract: Contract,
  quantity: Quantity,
  entryPrice: Price,
  exitPrice: Price,
): Money {
  const gain = subtract(notional(contract, quantity, exitPrice), notional(contract, quantity, entryPrice));
  return (side === 'long') === (contract.kind === 'linear') ? gain : negate(gain);
}

/** An average price has this many digits after the point. */
const averageScale = 18;
/** Sizes of inverse contracts are summed with this many, so that their mean is right to `averageScale`. */
const sizeScale = 36;

/**
 * The average entry of two parts: what makes the P&L of the whole the sum of theirs. Linear: weighted by
 * quantity; inverse: the harmonic mean. Rounded half to even, to eighteen digits.
 */
export function averageEntry(
  contract: Contract,
  a: { readonly quantity: Quantity; readonly price: Price },
  b: { readonly quantity: Quantity; readonly price: Price },
): Price {
  const quantity = add(a.quantity, b.quantity);
  if (contract.kind === 'linear') {
    const cost = add(multiply(a.quantity, a.price), multiply(b.quantity, b.price));
    return divide(cost, quantity, averageScale, 'halfEven');
  }
  const size = add(
    divide(a.quantity, a.price, sizeScale, 'halfEven'),
    divide(b.quantity, b.price, sizeScale, 'halfEven'),
  );
  return divide(quantity, size, averageScale, 'halfEven');
}
