import { Exact } from '../exact.oracle.ts';
import {
  PlainMoney,
  type PlainHoldings,
  type PlainRefusal,
  plainNotional,
  plainPrice,
} from './worth.oracle.ts';

/**
 * What is owed in a currency: a short of a linear contract is bought back, and a long of an inverse one gives away what it was paid.
 * Of every other currency, what it lacks to pay what it owes, at the rate. Or why that cannot be told.
 */
export function plainOwed({
  cash,
  positions,
  prices,
  currency,
}: PlainHoldings): { readonly owed: Exact } | { readonly refusal: PlainRefusal } {
  const left = new Map(Object.entries(cash).map(([held, amount]) => [held, Exact.of(amount)]));
  let own = Exact.of(0);
  for (const { symbol, side, quantity, contract } of positions) {
    if ((side === 'short') !== (contract.kind === 'linear')) continue;
    const at = plainPrice(symbol, side === 'long' ? 'sell' : 'buy', prices);
    if ('refusal' in at) return at;
    const costs = plainNotional(contract, Exact.of(quantity), at.price);
    if (contract.currency === currency) own = own.plus(costs);
    else left.set(contract.currency, (left.get(contract.currency) ?? Exact.of(0)).minus(costs));
  }
  const money = new PlainMoney(currency, prices);
  for (const [held, amount] of left) {
    if (held === currency || amount.against(0) >= 0) continue;
    const lacks = money.in(amount.times(-1), held);
    if ('refusal' in lacks) return lacks;
    own = own.plus(lacks.value);
  }
  return { owed: own };
}
