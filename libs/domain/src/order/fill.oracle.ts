import type { FillModel } from '../account/settings.ts';
import { plainNotional } from '../account/worth.oracle.ts';
import { Exact } from '../exact.oracle.ts';
import type { Contract } from '../market/instrument.ts';

/** What meets: an order, as much of it as is still open, and a tick that it may fill at. */
export interface PlainMeeting {
  readonly side: 'buy' | 'sell';
  readonly wanted: string;
  readonly contract: Contract;
  readonly lotSize?: string;
  /** The order's own, where it has one. */
  readonly limit?: string;
  /** It lay in the book before. */
  readonly isResting: boolean;
  readonly tick: {
    readonly series: 'trade' | 'bid' | 'ask' | 'mark';
    readonly price: string;
    readonly size?: string;
  };
}

export interface PlainFilled {
  readonly quantity: string;
  readonly price: string;
  readonly proceeds: string;
  readonly fee: string;
  readonly feeCurrency: string;
  readonly liquidity: 'maker' | 'taker';
}

/**
 * A fill of the shadow broker, by the model in words.
 *
 * Exact: all of it at the tick's price, free. Modelled: of what a trade traded a share, in whole lots and one at least; of
 * what has no size all. What rests fills at its own limit. All else pays, on the tick's price, half the spread where that is
 * no quote, and the slippage, rounded against the account to eighteen digits, but never more than its own limit. The
 * fee is a share of the worth, in its own currency at a fixed rate where it has one, rounded up to eighteen digits.
 */
export function plainFill(
  model: FillModel,
  { side, contract, lotSize, limit, ...meeting }: PlainMeeting,
): PlainFilled {
  const { series, price: at, size } = meeting.tick;
  const isMaker = limit !== undefined && meeting.isResting;
  let quantity = Exact.of(meeting.wanted);
  let price = Exact.of(at);
  let fee = Exact.of(0);
  let feeCurrency = contract.currency;
  if (model.kind === 'modelled') {
    const lot = Exact.of(lotSize ?? '0.000000000000000001');
    if (model.maxShareOfTrade !== undefined && size !== undefined && Exact.of(size).against(0) > 0) {
      const share = Exact.of(size).times(model.maxShareOfTrade).to(lot, 'down');
      const offered = share.against(lot) < 0 ? lot : share;
      if (offered.against(quantity) < 0) quantity = offered;
    }
    const percent = Exact.of(series === 'bid' || series === 'ask' ? 0 : model.spreadPercent)
      .times('0.5')
      .plus(Exact.of(model.slippagePercent));
    const worse = price.times(percent).times('0.01');
    if (isMaker) price = Exact.of(limit);
    else price = side === 'buy' ? price.plus(worse).digits(18, 'up') : price.minus(worse).digits(18, 'down');
    if (limit !== undefined && (side === 'buy' ? price.against(limit) > 0 : price.against(limit) < 0))
      price = Exact.of(limit);
    const worth = plainNotional(contract, quantity, price);
    const { feeAsset } = model;
    fee = worth
      .times(isMaker ? model.makerFeePercent : model.takerFeePercent)
      .times('0.01')
      .times(feeAsset?.rate ?? 1)
      .digits(18, 'up');
    feeCurrency = feeAsset?.currency ?? feeCurrency;
  }
  const receives = (side === 'sell') === (contract.kind === 'linear') ? 1 : -1;
  return {
    quantity: String(quantity),
    price: String(price),
    proceeds: String(plainNotional(contract, quantity, price).times(receives)),
    fee: String(fee),
    feeCurrency,
    liquidity: isMaker ? 'maker' : 'taker',
  };
}
