import { type Instrument, notional } from '../market/instrument.ts';
import type { TickReference } from '../market/tick.ts';
import {
  compare,
  decimal,
  formatDecimal,
  isPositive,
  isZero,
  parseDecimal,
  roundToStep,
  subtract,
} from '../units.ts';
import type { OrderTerms } from './order.ts';

export type StepRefusal =
  | { readonly reason: 'NOT_POSITIVE'; readonly field: string; readonly value: string }
  | {
      readonly reason: 'NOT_A_MULTIPLE';
      readonly field: string;
      readonly value: string;
      readonly step: string;
    }
  | { readonly reason: 'BELOW_MINIMUM_NOTIONAL'; readonly notional: string; readonly minimum: string };

/** Whether an order's amounts are what its instrument takes; `undefined` when they are. */
export function checkSteps(
  { how, quantity, purpose }: OrderTerms,
  { tickSize, lotSize, minNotional, contract }: Instrument,
  last: TickReference,
): StepRefusal | undefined {
  const prices = {
    limitPrice: 'limitPrice' in how ? how.limitPrice : undefined,
    stopPrice: 'stopPrice' in how ? how.stopPrice : undefined,
  };
  const amounts = [
    { field: 'quantity', value: quantity, step: lotSize },
    { field: 'how.limitPrice', value: prices.limitPrice, step: tickSize },
    { field: 'how.stopPrice', value: prices.stopPrice, step: tickSize },
  ];
  for (const { field, value, step } of amounts) {
    if (value === undefined) continue;
    const parsed = parseDecimal(value);
    if (parsed === undefined || !isPositive(parsed)) return { reason: 'NOT_POSITIVE', field, value };
    if (step === undefined) continue;
    const over = subtract(parsed, roundToStep(parsed, decimal(step), 'floor'));
    if (!isZero(over)) return { reason: 'NOT_A_MULTIPLE', field, value, step };
  }
  if (minNotional === undefined || purpose.kind === 'reduce') return undefined;
  const price = prices.limitPrice ?? prices.stopPrice ?? last.price;
  const worth = notional(contract, decimal(quantity), decimal(price));
  return compare(worth, decimal(minNotional)) < 0
    ? { reason: 'BELOW_MINIMUM_NOTIONAL', notional: formatDecimal(worth), minimum: minNotional }
    : undefined;
}
