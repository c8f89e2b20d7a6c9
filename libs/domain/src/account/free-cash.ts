import { Conversion } from '../market/rate.ts';
import type { Market } from '../market/symbol-prices.ts';
import { closingValue, owesToClose, valuationPrice } from '../position/value-position.ts';
import { type Result, ok, refuse } from '../result.ts';
import {
  type Money,
  add,
  compare,
  decimal,
  formatDecimal,
  greatest,
  negate,
  subtract,
  zero,
} from '../units.ts';
import type { Account } from './account.ts';
import { type ValuationRefusal, amountText } from './equity.ts';

/** More than may leave the account: decimal text, in `currency`. */
export type NotEnoughCash = {
  readonly reason: 'NOT_ENOUGH_CASH';
  readonly currency: string;
  readonly cash: string;
  /** What is kept for closing positions, and against what other currencies lack. */
  readonly owed: string;
  /** What was to leave, negative. */
  readonly amount: string;
  readonly by: string;
};

/**
 * Why an amount cannot leave an account (negative: it does). Cash is never below zero for it, and stays with what is owed: short sales, and
 * inverse contracts bought, bring cash that closing them at the last prices takes back; and where a currency has less cash than
 * it owes, the others stand in for it, each for all of that.
 *
 * @param account with all that it has open loaded.
 */
export function refuseLeaving(
  account: Account,
  { currency, amount }: { readonly currency: string; readonly amount: Money },
  market: Market,
): NotEnoughCash | ValuationRefusal | undefined {
  if (amount.units >= 0n) return undefined;
  const cash = decimal(account.cash[currency] ?? '0');
  const owed = owedIn(account, currency, market);
  if (!owed.ok) return owed.refusal;
  const free = greatest(zero, subtract(cash, owed.value));
  const leaving = negate(amount);
  if (compare(leaving, free) <= 0) return undefined;
  return {
    reason: 'NOT_ENOUGH_CASH',
    currency,
    cash: formatDecimal(cash),
    owed: amountText(owed.value),
    amount: formatDecimal(amount),
    by: amountText(subtract(leaving, free)),
  };
}

function owedIn(account: Account, currency: string, market: Market): Result<Money, ValuationRefusal> {
  const owed = new Map<string, Money>();
  for (const id of account.openPositionIds) {
    const position = account.positions.get(id);
    if (position === undefined) return refuse({ reason: 'NOT_LOADED', id });
    if (!owesToClose(position)) continue;
    const price = valuationPrice(position, market);
    if (price === undefined) return refuse({ reason: 'NO_PRICE', symbol: position.symbol });
    const { currency: settled } = position.contract;
    owed.set(settled, subtract(owed.get(settled) ?? zero, closingValue(position, price)));
  }
  const conversion = new Conversion(currency, market);
  let total = owed.get(currency) ?? zero;
  for (const other of new Set([...Object.keys(account.cash), ...owed.keys()])) {
    if (other === currency) continue;
    const lacking = subtract(owed.get(other) ?? zero, decimal(account.cash[other] ?? '0'));
    if (lacking.units <= 0n) continue;
    const converted = conversion.convert(lacking, other);
    if (converted === undefined) return refuse(conversion.missing(other));
    total = add(total, converted);
  }
  return ok(total);
}
