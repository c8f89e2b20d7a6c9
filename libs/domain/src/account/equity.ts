import type { Market, PriceTable } from '../market/symbol-prices.ts';
import { Conversion, type Rate, type RateRefusal } from '../market/rate.ts';
import { grossPnl } from '../position/pnl.ts';
import type { Position } from '../position/position.ts';
import { closingValue, valuationPrice } from '../position/value-position.ts';
import { type Result, ok, refuse } from '../result.ts';
import { type Money, add, decimal, formatDecimal, negate, roundTo, sum, zero } from '../units.ts';
import type { Account } from './account.ts';

/** Why something cannot be valued. */
export type ValuationRefusal =
  | RateRefusal
  | { readonly reason: 'NO_PRICE'; readonly symbol: string }
  /** The account has it, and it has not been looked at. */
  | { readonly reason: 'NOT_LOADED'; readonly id: string };

/** Amounts are decimal text, in the account's currency, rounded half to even to `amountScale` digits. */
export interface Equity {
  readonly currency: string;
  /** Cash and what closing every open position would bring. */
  readonly equity: string;
  readonly cash: string;
  readonly unrealizedPnl: string;
  readonly rates: readonly Rate[];
}

/** An amount in the account's currency has at most this many digits after the point. */
export const amountScale = 18;

/** What an account is worth at the last prices, open profit and loss included, before the fees of closing. */
export function equityOf(account: Account, market: PriceTable): Result<Equity, ValuationRefusal> {
  const { currency } = account.settings;
  const conversion = new Conversion(currency, market);
  let cash: Money = zero;
  for (const [held, amount] of Object.entries(account.cash)) {
    const converted = conversion.convert(decimal(amount), held);
    if (converted === undefined) return refuse(conversion.missing(held));
    cash = add(cash, converted);
  }
  let worth: Money = zero;
  let unrealized: Money = zero;
  for (const id of account.openPositionIds) {
    const position = account.positions.get(id);
    if (position === undefined) return refuse({ reason: 'NOT_LOADED', id });
    const price = valuationPrice(position, market);
    if (price === undefined) return refuse({ reason: 'NO_PRICE', symbol: position.symbol });
    const { contract, side } = position;
    const gain = grossPnl(side, contract, decimal(position.quantity), decimal(position.entryPrice), price);
    const value = conversion.convert(closingValue(position, price), contract.currency);
    const gained = conversion.convert(gain, contract.currency);
    if (value === undefined || gained === undefined) return refuse(conversion.missing(contract.currency));
    worth = add(worth, value);
    unrealized = add(unrealized, gained);
  }
  return ok({
    currency,
    equity: amountText(add(cash, worth)),
    cash: amountText(cash),
    unrealizedPnl: amountText(unrealized),
    rates: conversion.rates,
  });
}

/** Amounts are decimal text. */
export interface ProfitAndLoss {
  readonly currency: string;
  /** Of what is closed, before fees and funding. */
  readonly realized: string;
  /** Of what is open; `0` of what is closed. */
  readonly unrealized: string;
  /** Paid: a cost where it is positive. */
  readonly fees: string;
  /** Received where it is positive. */
  readonly funding: string;
  /** All of it together. */
  readonly net: string;
}

export interface PositionPnl {
  readonly positionId: string;
  /** What it is valued at; absent once it is closed. */
  readonly price?: string;
  /** In the currency in which it is settled. */
  readonly settled: ProfitAndLoss;
  /** In the account's currency. */
  readonly account: ProfitAndLoss;
  /** With which it was counted. */
  readonly rates: readonly Rate[];
}

/** What a position has gained and would gain if it were closed now, at the last prices. */
export function pnlOfPosition(
  position: Position,
  accountCurrency: string,
  market: Market,
): Result<PositionPnl, ValuationRefusal> {
  const { id: positionId, side, symbol, contract, status } = position;
  const isOpen = status !== 'closed';
  const price = isOpen ? valuationPrice(position, market) : undefined;
  if (isOpen && price === undefined) return refuse({ reason: 'NO_PRICE', symbol });
  const unrealized =
    price === undefined
      ? zero
      : grossPnl(side, contract, decimal(position.quantity), decimal(position.entryPrice), price);
  const settlement = new Conversion(contract.currency, market);
  const account = new Conversion(accountCurrency, market);
  const parts = {
    realized: { [contract.currency]: decimal(position.realizedPnl) },
    unrealized: { [contract.currency]: unrealized },
    fees: Object.fromEntries(Object.entries(position.fees).map(([paid, fee]) => [paid, decimal(fee)])),
    funding: { [contract.currency]: decimal(position.funding) },
  };
  const settled = profitAndLoss(parts, settlement);
  if (!settled.ok) return settled;
  const inAccount = profitAndLoss(parts, account);
  if (!inAccount.ok) return inAccount;
  return ok({
    positionId,
    ...(price === undefined ? {} : { price: formatDecimal(price) }),
    settled: settled.value,
    account: inAccount.value,
    rates: [...settlement.rates, ...account.rates],
  });
}

/** The sum over the positions that the account holds in memory, in its currency. */
export function pnlOfAccount(
  account: Account,
  market: Market,
): Result<ProfitAndLoss & { readonly positions: readonly PositionPnl[] }, ValuationRefusal> {
  const { currency } = account.settings;
  const positions: PositionPnl[] = [];
  for (const position of account.positions.values()) {
    const pnl = pnlOfPosition(position, currency, market);
    if (!pnl.ok) return pnl;
    positions.push(pnl.value);
  }
  const total = (part: Exclude<keyof ProfitAndLoss, 'currency'>): string =>
    amountText(sum(positions.map((each) => decimal(each.account[part]))));
  return ok({
    currency,
    realized: total('realized'),
    unrealized: total('unrealized'),
    fees: total('fees'),
    funding: total('funding'),
    net: total('net'),
    positions,
  });
}

type Parts = Readonly<
  Record<Exclude<keyof ProfitAndLoss, 'currency' | 'net'>, Readonly<Record<string, Money>>>
>;

function profitAndLoss(parts: Parts, conversion: Conversion): Result<ProfitAndLoss, RateRefusal> {
  const amounts = { realized: zero, unrealized: zero, fees: zero, funding: zero };
  for (const part of ['realized', 'unrealized', 'fees', 'funding'] as const)
    for (const [currency, amount] of Object.entries(parts[part])) {
      const converted = conversion.convert(amount, currency);
      if (converted === undefined) return refuse(conversion.missing(currency));
      amounts[part] = roundTo(add(amounts[part], converted), amountScale, 'halfEven');
    }
  const { realized, unrealized, fees, funding } = amounts;
  const net = sum([realized, unrealized, funding, negate(fees)]);
  return ok({
    currency: conversion.to,
    realized: formatDecimal(realized),
    unrealized: formatDecimal(unrealized),
    fees: formatDecimal(fees),
    funding: formatDecimal(funding),
    net: formatDecimal(net),
  });
}

/** An amount in the account's currency as text. */
export function amountText(amount: Money): string {
  return formatDecimal(roundTo(amount, amountScale, 'halfEven'));
}
