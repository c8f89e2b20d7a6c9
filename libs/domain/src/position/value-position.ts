import { notional } from '../market/instrument.ts';
import type { PriceTable } from '../market/symbol-prices.ts';
import type { PriceSeries } from '../market/tick.ts';
import { proceeds } from '../order/fill.ts';
import { type Money, type Price, decimal } from '../units.ts';
import { type PositionTerms, closingSide } from './position.ts';

/**
 * The tick that says what something is worth now: the venue's mark price, else the last trade, else the side of the
 * quote at which it would be sold or bought back.
 */
export function valuationTick<Tick>(
  prices: { readonly [Series in PriceSeries]?: Tick },
  side: 'buy' | 'sell',
): Tick | undefined {
  return prices.mark ?? prices.trade ?? (side === 'sell' ? prices.bid : prices.ask);
}

/** What a position is valued at; `undefined` where its symbol has not ticked. */
export function valuationPrice(
  { symbol, side }: Pick<PositionTerms, 'symbol' | 'side'>,
  market: PriceTable,
): Price | undefined {
  const tick = valuationTick(market(symbol), closingSide(side));
  return tick === undefined ? undefined : decimal(tick.price);
}

/** Whether closing a position costs cash, which entering it has brought. */
export function owesToClose({ side, contract }: Pick<PositionTerms, 'side' | 'contract'>): boolean {
  return (side === 'short') === (contract.kind === 'linear');
}

/**
 * What the account would receive (negative: pay) for closing all of a position at `price`, before fees, in
 * the settlement currency: what cash is counted together with, so that entering changes no equity.
 */
export function closingValue(
  { side, contract, quantity }: Pick<PositionTerms, 'side' | 'contract' | 'quantity'>,
  price: Price,
): Money {
  return proceeds(contract, closingSide(side), notional(contract, decimal(quantity), price));
}
