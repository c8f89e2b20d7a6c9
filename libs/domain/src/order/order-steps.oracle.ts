import { plainNotional } from '../account/worth.oracle.ts';
import { Exact } from '../exact.oracle.ts';
import type { Instrument } from '../market/instrument.ts';
import type { OrderKind } from './order.ts';

/**
 * What an instrument does not take of an order, the first thing: an amount that is none, or no multiple of its step; or an
 * entry that is worth too little at its limit, else at its stop, else at the last price.
 */
export function plainSteps(
  { how, quantity, enters }: { readonly how: OrderKind; readonly quantity: string; readonly enters: boolean },
  { lotSize, tickSize, minNotional, contract }: Instrument,
  last: string,
): object | undefined {
  const limit = 'limitPrice' in how ? how.limitPrice : undefined;
  const stop = 'stopPrice' in how ? how.stopPrice : undefined;
  const amounts = [
    { field: 'quantity', value: quantity, step: lotSize },
    { field: 'how.limitPrice', value: limit, step: tickSize },
    { field: 'how.stopPrice', value: stop, step: tickSize },
  ];
  for (const { field, value, step } of amounts) {
    if (value === undefined) continue;
    if (!/^\d+(\.\d+)?$/.test(value) || Exact.of(value).against(0) === 0)
      return { reason: 'NOT_POSITIVE', field, value };
    if (step !== undefined && Exact.of(value).to(Exact.of(step), 'down').against(value) !== 0)
      return { reason: 'NOT_A_MULTIPLE', field, value, step };
  }
  const worth = plainNotional(contract, Exact.of(quantity), Exact.of(limit ?? stop ?? last));
  const short = { field: 'quantity', by: String(Exact.of(minNotional ?? '0').minus(worth)) };
  return !enters || minNotional === undefined || worth.against(minNotional) >= 0
    ? undefined
    : { reason: 'BELOW_MINIMUM_NOTIONAL', notional: String(worth), minimum: minNotional, ...short };
}
