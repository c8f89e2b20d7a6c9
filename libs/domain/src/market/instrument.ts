import { type Money, type Price, type Quantity, decimal, divide, multiply } from '../units.ts';

/** How a quantity at a price becomes an amount of money. */
export interface Contract {
  /**
   * `linear`: quantity x multiplier x price, in `currency` (shares, spot and most futures).
   * `inverse`: quantity x multiplier / price, in `currency`, which is the base (coin-margined futures).
   */
  readonly kind: 'linear' | 'inverse';
  /** Decimal text; 1 for shares and spot. */
  readonly multiplier: string;
  /** In which it is settled: P&L, fees and funding are counted in it. */
  readonly currency: string;
}

/** What may be traded, and in which steps. Amounts are decimal text. */
export interface Instrument {
  readonly symbol: string;
  readonly contract: Contract;
  /** The currency that prices are quoted in; of a linear contract, that of settlement. */
  readonly quoteCurrency: string;
  /** Prices of orders are multiples of it; absent where any price is taken. */
  readonly tickSize?: string;
  /** Quantities of orders are multiples of it; absent where any quantity is taken. */
  readonly lotSize?: string;
  /** An order is worth at least this much, in the settlement currency. */
  readonly minNotional?: string;
  /** Whether it is a perpetual future, which pays or earns funding; absent where nobody says. */
  readonly isPerpetual?: boolean;
}

/** An inverse contract's amounts are quotients: they are rounded to this many digits, half to even. */
export const inverseScale = 18;

/** What a symbol is where no catalogue says more: linear, without steps, quoted as it is written. */
export function plainInstrument(symbol: string): Instrument {
  const currency = quoteCurrencyOf(symbol);
  return {
    symbol,
    contract: { kind: 'linear', multiplier: '1', currency },
    quoteCurrency: currency,
  };
}

/** What `quantity` is worth at `price`, in the settlement currency. */
export function notional(contract: Contract, quantity: Quantity, price: Price): Money {
  const { multiplier } = contract;
  const size = multiplier === '1' ? quantity : multiply(quantity, decimal(multiplier));
  return contract.kind === 'linear' ? multiply(size, price) : divide(size, price, inverseScale, 'halfEven');
}

const currencies = new Set([
  'USD',
  'EUR',
  'GBP',
  'JPY',
  'CHF',
  'AUD',
  'NZD',
  'CAD',
  'SEK',
  'NOK',
  'DKK',
  'CNH',
]);

/**
 * The currency in which a symbol is quoted, by the way the symbol is written: `BTC-USDT` is quoted in
 * USDT, the currency pair `EURUSD` in USD, and a listed share such as `SPY` in USD.
 */
export function quoteCurrencyOf(symbol: string): string {
  const dash = symbol.lastIndexOf('-');
  if (dash > 0 && dash < symbol.length - 1) return symbol.slice(dash + 1);
  const tail = symbol.slice(-3);
  return symbol.length === 6 && currencies.has(tail) ? tail : 'USD';
}
