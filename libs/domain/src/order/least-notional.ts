import { type Instrument, notional } from '../market/instrument.ts';
import type { TickReference } from '../market/tick.ts';
import { type Price, type Quantity, compare, decimal, formatDecimal, subtract } from '../units.ts';
import type { OrderKind } from './order.ts';

/** It is worth less than an order may be, by so much: decimal text, in the settlement currency. */
export type BelowMinimum = {
  readonly reason: 'BELOW_MINIMUM_NOTIONAL';
  readonly field: string;
  readonly notional: string;
  readonly minimum: string;
  readonly by: string;
};

/** What tells how much an order is worth, and has to be. */
export type Worth = Pick<Instrument, 'contract'> & { readonly minNotional?: string | undefined };

/** The price at which an order is counted: its own limit or stop, or the last one. */
export function orderPrice(how: OrderKind, last: TickReference): Price {
  if ('limitPrice' in how) return decimal(how.limitPrice);
  return decimal('stopPrice' in how ? how.stopPrice : last.price);
}

export function belowMinimum(
  field: string,
  quantity: Quantity,
  price: Price,
  { contract, minNotional }: Worth,
): BelowMinimum | undefined {
  if (minNotional === undefined) return undefined;
  const worth = notional(contract, quantity, price);
  const by = subtract(decimal(minNotional), worth);
  if (by.units <= 0n) return undefined;
  return {
    reason: 'BELOW_MINIMUM_NOTIONAL',
    field,
    notional: formatDecimal(worth),
    minimum: minNotional,
    by: formatDecimal(by),
  };
}

/**
 * Why a part of what can be closed is not closed alone: it, or the `rest` that it leaves, is worth too little at this price. All of
 * it can be closed, whatever it is worth.
 */
export function partBelowMinimum(
  field: string,
  part: Quantity,
  { all, price, instrument }: { readonly all: Quantity; readonly price: Price; readonly instrument: Worth },
): BelowMinimum | undefined {
  if (compare(part, all) >= 0) return undefined;
  return (
    belowMinimum(field, part, price, instrument) ??
    belowMinimum('rest', subtract(all, part), price, instrument)
  );
}
