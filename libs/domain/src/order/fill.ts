import type { OrderFilled, OrderOf } from '../account/events.ts';
import type { FillModel } from '../account/settings.ts';
import { type Contract, notional } from '../market/instrument.ts';
import type { TickReference } from '../market/tick.ts';
import { percentOf } from '../position/percent.ts';
import {
  type Money,
  type Price,
  type Quantity,
  add,
  decimal,
  formatDecimal,
  greatest,
  isPositive,
  least,
  multiply,
  negate,
  quantityScale,
  roundTo,
  roundToStep,
  subtract,
  zero,
} from '../units.ts';

/** What the shadow broker fills: an order, or the part of it that fills now. */
export interface Fillable {
  readonly of: OrderOf;
  readonly clientOrderId: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: Quantity;
  readonly contract: Contract;
}

/** The limit price of an order that has one. */
export interface FillLimit {
  readonly price: Price;
  /** It lay in the book before the tick, and is filled as a maker. */
  readonly isResting: boolean;
}

/**
 * A fill of the shadow broker at a tick.
 *
 * `exact`: at the tick's price, without fee. `modelled`: what takes liquidity pays half the spread (of a
 * trade or a mark, which are no quotes), then the slippage, up to its limit price where it has one, then the taker's fee;
 * what rests fills at its own limit price and pays the maker's.
 */
export function fillAt(
  model: FillModel,
  order: Fillable,
  tick: TickReference,
  limit?: FillLimit,
): OrderFilled {
  const { of, clientOrderId, positionId, symbol, side, quantity, contract } = order;
  const isMaker = limit?.isResting === true;
  const price = fillPrice(model, side, tick, limit);
  const worth = notional(contract, quantity, price);
  const charged = feeOf(model, contract, worth, isMaker);
  return {
    type: 'OrderFilled',
    of,
    clientOrderId,
    positionId,
    symbol,
    side,
    quantity: formatDecimal(quantity),
    price: formatDecimal(price),
    proceeds: formatDecimal(proceeds(contract, side, worth)),
    currency: contract.currency,
    fee: formatDecimal(charged.fee),
    feeCurrency: charged.currency,
    liquidity: isMaker ? 'maker' : 'taker',
    tick,
  };
}

/**
 * How much of `quantity` the shadow broker fills at a tick: all of it, or the model's share of what a trade
 * traded, in whole lots and at least one. A tick without a size bounds nothing.
 */
export function fillableAt(
  model: FillModel,
  quantity: Quantity,
  { size }: TickReference,
  lotSize: string | undefined,
): Quantity {
  if (model.kind === 'exact' || model.maxShareOfTrade === undefined || size === undefined) return quantity;
  const traded = decimal(size);
  if (!isPositive(traded)) return quantity;
  const share = multiply(traded, decimal(model.maxShareOfTrade));
  const step = lotSize === undefined ? { units: 1n, scale: quantityScale } : decimal(lotSize);
  return least(quantity, greatest(step, roundToStep(share, step, 'floor')));
}

/**
 * What an account receives when `worth` of a contract is sold or bought; negative where it pays. An inverse
 * contract is counted in the currency that rises against its quote: buying it gives that currency away later.
 */
export function proceeds(contract: Contract, side: 'buy' | 'sell', worth: Money): Money {
  return (side === 'sell') === (contract.kind === 'linear') ? worth : negate(worth);
}

/** A modelled price and fee have at most so many digits, rounded against the account. */
const priceScale = 18;
const feeScale = 18;

/** At which price something fills at a tick. */
export function fillPrice(
  model: FillModel,
  side: 'buy' | 'sell',
  tick: TickReference,
  limit?: FillLimit,
): Price {
  const price = decimal(tick.price);
  if (model.kind === 'exact') return price;
  if (limit?.isResting === true) return limit.price;
  const half = { units: 5n, scale: 1 };
  const isQuote = tick.series === 'bid' || tick.series === 'ask';
  const spread = isQuote ? zero : multiply(half, percentOf(model.spreadPercent, price));
  const worse = add(spread, percentOf(model.slippagePercent, price));
  if (side === 'buy') {
    const paid = roundTo(add(price, worse), priceScale, 'ceil');
    return limit === undefined ? paid : least(paid, limit.price);
  }
  const received = roundTo(subtract(price, worse), priceScale, 'floor');
  return limit === undefined ? received : greatest(received, limit.price);
}

function feeOf(
  model: FillModel,
  contract: Contract,
  worth: Money,
  isMaker: boolean,
): { readonly fee: Money; readonly currency: string } {
  if (model.kind === 'exact') return { fee: zero, currency: contract.currency };
  const fee = percentOf(isMaker ? model.makerFeePercent : model.takerFeePercent, worth);
  const { feeAsset } = model;
  const [amount, currency] =
    feeAsset === undefined
      ? [fee, contract.currency]
      : [multiply(fee, decimal(feeAsset.rate)), feeAsset.currency];
  return { fee: roundTo(amount, feeScale, 'ceil'), currency };
}
