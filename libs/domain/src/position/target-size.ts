import { type Quantity, decimal, multiply, quantityScale, roundTo, roundToStep } from '../units.ts';
import type { Target } from './exits.ts';
import type { PositionState } from './position.ts';

/**
 * How much a rung closes of a position, before what is available bounds it: whole lots, so that the last
 * rung, which names no size, closes what is left over.
 */
export function sizeOfTarget(position: PositionState, { size }: Target): Quantity {
  if (size === undefined) return decimal(position.quantity);
  const asked =
    'share' in size
      ? multiply(decimal(position.enteredQuantity), decimal(size.share))
      : decimal(size.quantity);
  const { lotSize } = position;
  return lotSize === undefined
    ? roundTo(asked, quantityScale, 'floor')
    : roundToStep(asked, decimal(lotSize), 'floor');
}
