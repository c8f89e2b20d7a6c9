import { Exact } from '../exact.oracle.ts';
import type { Contract } from '../market/instrument.ts';

/** What an account has, and the prices at which that is valued. Amounts are decimal text. */
export interface PlainHoldings {
  /** The account's. */
  readonly currency: string;
  readonly cash: Readonly<Record<string, string>>;
  readonly positions: readonly PlainPosition[];
  readonly prices: PlainPrices;
}

export type PlainPrices = Readonly<
  Record<string, { readonly [Series in 'trade' | 'bid' | 'ask' | 'mark']?: string }>
>;

export interface PlainPosition {
  readonly id: string;
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly quantity: string;
  readonly contract: Contract;
}

export interface PlainRate {
  readonly from: string;
  readonly to: string;
  readonly rate: string;
  readonly symbols: readonly string[];
}

export type PlainRefusal = { readonly reason: string; readonly [detail: string]: unknown };
export type Valued = { readonly value: Exact } | { readonly refusal: PlainRefusal };

/** A rate by its pair, the pair the other way round, or by way of the first currency that has both. */
export function plainRate(from: string, to: string, prices: PlainPrices): PlainRate | undefined {
  const direct = (a: string, b: string): { rate: Exact; symbols: string[] } | undefined => {
    if (a === b) return { rate: Exact.of(1), symbols: [] };
    for (const symbol of [`${a}-${b}`, `${a}${b}`]) {
      const price = lastPrice(symbol, prices);
      if (price !== undefined) return { rate: price, symbols: [symbol] };
    }
    for (const symbol of [`${b}-${a}`, `${b}${a}`]) {
      const price = lastPrice(symbol, prices);
      if (price !== undefined)
        return { rate: Exact.of(1).dividedBy(price).digits(18, 'even'), symbols: [symbol] };
    }
    return undefined;
  };
  const straight = direct(from, to);
  if (straight !== undefined) return { from, to, rate: String(straight.rate), symbols: straight.symbols };
  for (const bridge of ['USD', 'USDT', 'USDC', 'BTC']) {
    const [first, second] = [direct(from, bridge), direct(bridge, to)];
    if (first === undefined || second === undefined) continue;
    const rate = first.rate.times(second.rate).digits(18, 'even');
    return { from, to, rate: String(rate), symbols: [...first.symbols, ...second.symbols] };
  }
  return undefined;
}

function lastPrice(symbol: string, prices: PlainPrices): Exact | undefined {
  const { trade, bid, ask, mark } = prices[symbol] ?? {};
  if (trade !== undefined) return Exact.of(trade);
  if (bid !== undefined && ask !== undefined) return Exact.of(bid).plus(Exact.of(ask)).times('0.5');
  return mark === undefined ? undefined : Exact.of(mark);
}

/** What something is valued at: the mark, else the last trade, else where it would be sold or bought back. */
export function plainPrice(
  symbol: string,
  way: 'sell' | 'buy',
  prices: PlainPrices,
): { readonly price: Exact } | { readonly refusal: PlainRefusal } {
  const { mark, trade, bid, ask } = prices[symbol] ?? {};
  const price = mark ?? trade ?? (way === 'sell' ? bid : ask);
  return price === undefined ? { refusal: { reason: 'NO_PRICE', symbol } } : { price: Exact.of(price) };
}

/** In the settlement currency: quantity x multiplier x price, or the quotient with eighteen digits. */
export function plainNotional(contract: Contract, quantity: Exact, price: Exact): Exact {
  const size = quantity.times(contract.multiplier);
  return contract.kind === 'linear' ? size.times(price) : size.dividedBy(price).digits(18, 'even');
}

/** Turns amounts into one currency and tells with which rates, in the order in which they were needed. */
export class PlainMoney {
  readonly rates: PlainRate[] = [];
  private readonly to: string;
  private readonly prices: PlainPrices;

  constructor(to: string, prices: PlainPrices) {
    this.to = to;
    this.prices = prices;
  }

  in(amount: Exact, from: string): Valued {
    const { to, prices } = this;
    if (from === to || amount.against(0) === 0) return { value: amount };
    const rate = plainRate(from, to, prices);
    if (rate === undefined) {
      const symbols = `${from}-${to} ${from}${to} ${to}-${from} ${to}${from}`;
      return { refusal: { reason: 'NO_RATE', from, to, symbols } };
    }
    if (this.rates.every((known) => known.from !== from)) this.rates.push(rate);
    return { value: amount.times(rate.rate) };
  }
}

/** Cash, and what closing everything would bring: a long is sold, a short bought back; an inverse one the other way. */
export function plainEquity({
  currency,
  cash,
  positions,
  prices,
}: PlainHoldings): Valued & { rates: PlainRate[] } {
  const money = new PlainMoney(currency, prices);
  const { rates } = money;
  let total = Exact.of(0);
  for (const [held, amount] of Object.entries(cash)) {
    const worth = money.in(Exact.of(amount), held);
    if ('refusal' in worth) return { ...worth, rates };
    total = total.plus(worth.value);
  }
  for (const { symbol, side, quantity, contract } of positions) {
    const at = plainPrice(symbol, side === 'long' ? 'sell' : 'buy', prices);
    if ('refusal' in at) return { ...at, rates };
    const brings = (side === 'long') === (contract.kind === 'linear') ? 1 : -1;
    const worth = money.in(
      plainNotional(contract, Exact.of(quantity), at.price).times(brings),
      contract.currency,
    );
    if ('refusal' in worth) return { ...worth, rates };
    total = total.plus(worth.value);
  }
  return { value: total.digits(18, 'even'), rates };
}
