import { amountText } from '../account/equity.ts';
import { notional } from '../market/instrument.ts';
import { Conversion } from '../market/rate.ts';
import type { PriceTable } from '../market/symbol-prices.ts';
import { grossPnl } from '../position/pnl.ts';
import { closingValue, valuationPrice } from '../position/value-position.ts';
import { type Money, add, decimal, formatDecimal, zero } from '../units.ts';
import type { Holding, Holdings } from './holdings.ts';

/** What a position is worth now. Amounts are decimal text, in the account's currency unless it says otherwise; absent where nobody can say. */
export interface HoldingWorth {
  readonly holding: Holding;
  /** What it is valued at. */
  readonly price?: string;
  /** Open, before the fees of closing, in the settlement currency: it needs a price, and no rate. */
  readonly settledPnl?: string;
  /** The same in the account's. */
  readonly unrealizedPnl?: string;
  /** The notional, without sign. */
  readonly exposure?: string;
}

/** What an account is worth now, exact but for the rates. Equity, cash, P&L and exposure are all there, or none of them is. */
export interface HoldingsWorth {
  readonly currency: string;
  readonly worth?: {
    readonly equity: string;
    readonly cash: string;
    readonly unrealizedPnl: string;
    readonly exposure: string;
  };
  readonly positions: readonly HoldingWorth[];
  /** What has no price, sorted: symbols, and rates such as `BTC/USD`. */
  readonly unpriced: readonly string[];
}

/** Values what an account has at the last prices, as `equityOf` does; what has no price is named, and not guessed. */
export function worthOfHoldings({ currency, cash, positions }: Holdings, prices: PriceTable): HoldingsWorth {
  const conversion = new Conversion(currency, prices);
  const unpriced = new Set<string>();
  const converted = (amount: Money, from: string): Money | undefined => {
    const found = conversion.convert(amount, from);
    if (found === undefined) unpriced.add(`${from}/${currency}`);
    return found;
  };
  let money: Money = zero;
  let equity: Money = zero;
  let pnl: Money = zero;
  let exposure: Money = zero;
  for (const [held, amount] of cash) money = add(money, converted(amount, held) ?? zero);
  const valued = [...positions.values()].map((holding): HoldingWorth => {
    const { symbol, side, contract, quantity, entryPrice } = holding;
    const price = valuationPrice(holding, prices);
    if (price === undefined) {
      unpriced.add(symbol);
      return { holding };
    }
    const size = decimal(quantity);
    const settled = grossPnl(side, contract, size, decimal(entryPrice), price);
    const gain = converted(settled, contract.currency);
    const value = converted(closingValue(holding, price), contract.currency);
    const exposed = converted(notional(contract, size, price), contract.currency);
    if (gain === undefined || value === undefined || exposed === undefined)
      return { holding, price: formatDecimal(price), settledPnl: amountText(settled) };
    equity = add(equity, value);
    pnl = add(pnl, gain);
    exposure = add(exposure, exposed);
    return {
      holding,
      price: formatDecimal(price),
      settledPnl: amountText(settled),
      unrealizedPnl: amountText(gain),
      exposure: amountText(exposed),
    };
  });
  return {
    currency,
    ...(unpriced.size > 0
      ? {}
      : {
          worth: {
            equity: amountText(add(money, equity)),
            cash: amountText(money),
            unrealizedPnl: amountText(pnl),
            exposure: amountText(exposure),
          },
        }),
    positions: valued,
    unpriced: [...unpriced].toSorted(),
  };
}
