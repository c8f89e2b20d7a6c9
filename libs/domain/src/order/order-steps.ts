import type { Instrument } from '../market/instrument.ts';
import type { TickReference } from '../market/tick.ts';
import { decimal, isPositive, isZero, parseDecimal, roundToStep, subtract } from '../units.ts';
import { type BelowMinimum, belowMinimum, orderPrice } from './least-notional.ts';
import type { OrderTerms } from './order.ts';

export type StepRefusal =
  | { readonly reason: 'NOT_POSITIVE'; readonly field: string; readonly value: string }
  | {
      readonly reason: 'NOT_A_MULTIPLE';
      readonly field: string;
      readonly value: string;
      readonly step: string;
    }
  | BelowMinimum;

/** Whether an order's amounts are what its instrument takes; `undefined` when they are. */
export function checkSteps(
  { how, quantity, purpose }: OrderTerms,
  instrument: Instrument,
  last: TickReference,
): StepRefusal | undefined {
  const { tickSize, lotSize } = instrument;
  const amounts = [
    { field: 'quantity', value: quantity, step: lotSize },
    { field: 'how.limitPrice', value: 'limitPrice' in how ? how.limitPrice : undefined, step: tickSize },
    { field: 'how.stopPrice', value: 'stopPrice' in how ? how.stopPrice : undefined, step: tickSize },
  ];
  for (const { field, value, step } of amounts) {
    if (value === undefined) continue;
    const parsed = parseDecimal(value);
    if (parsed === undefined || !isPositive(parsed)) return { reason: 'NOT_POSITIVE', field, value };
    if (step === undefined) continue;
    const over = subtract(parsed, roundToStep(parsed, decimal(step), 'floor'));
    if (!isZero(over)) return { reason: 'NOT_A_MULTIPLE', field, value, step };
  }
  if (purpose.kind === 'reduce') return undefined;
  return belowMinimum('quantity', decimal(quantity), orderPrice(how, last), instrument);
}
