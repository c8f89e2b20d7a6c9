import { type Quantity, decimal, greatest, multiply, quantityScale, roundTo, roundToStep } from '../units.ts';
import type { Target } from './exits.ts';
import type { PositionState } from './position.ts';

const leastQuantity: Quantity = { units: 1n, scale: quantityScale };

/** What rungs are sized by. */
export type Sized = Pick<PositionState, 'quantity' | 'enteredQuantity'> & {
  readonly lotSize?: string | undefined;
};

/**
 * How much a rung closes of a position, before what is available bounds it: whole lots, one at least, so that no rung is
 * passed by and the last, which names no size, closes what is left over.
 */
export function sizeOfTarget(position: Sized, { size }: Target): Quantity {
  if (size === undefined) return decimal(position.quantity);
  const asked =
    'share' in size
      ? multiply(decimal(position.enteredQuantity), decimal(size.share))
      : decimal(size.quantity);
  const { lotSize } = position;
  return lotSize === undefined
    ? greatest(leastQuantity, roundTo(asked, quantityScale, 'floor'))
    : greatest(decimal(lotSize), roundToStep(asked, decimal(lotSize), 'floor'));
}
