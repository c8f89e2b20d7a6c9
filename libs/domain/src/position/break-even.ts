import type { AccountEvent } from '../account/events.ts';
import { type ArmedFrom, type TickReference, after } from '../market/tick.ts';
import { add, compare, decimal, formatDecimal, isPositive, subtract } from '../units.ts';
import type { PositionState } from './position.ts';

/** What moves a stop: the tick that reached a price, or a broker's fill of a target, epoch milliseconds. */
export type ShiftCause = { readonly tick: TickReference } | { readonly at: number };

/** The shift that a rung's first fill brings, where that rung was the last one awaited. */
export function shiftAfterTarget(position: PositionState, cause: ShiftCause): AccountEvent | undefined {
  const awaited = position.exits.breakEven?.after;
  if (awaited === undefined || !('targets' in awaited)) return undefined;
  return position.targetsHit + 1 >= awaited.targets ? breakEvenShift(position, cause) : undefined;
}

/** Moves the stop to the entry and the offset. A stop that is better already stays where it is. */
export function breakEvenShift(position: PositionState, cause: ShiftCause): AccountEvent | undefined {
  const { id: positionId, symbol, side, entryPrice, exits } = position;
  const shift = exits.breakEven;
  if (shift === undefined) return undefined;
  const entry = decimal(entryPrice);
  const offset = decimal(shift.offset);
  const shifted = side === 'long' ? add(entry, offset) : subtract(entry, offset);
  if (!isPositive(shifted)) return undefined;
  const stands = exits.stopLoss;
  const isBetter =
    stands !== undefined &&
    (side === 'long'
      ? compare(decimal(stands.price), shifted) >= 0
      : compare(decimal(stands.price), shifted) <= 0);
  const source = stands?.source ?? shift.source;
  const armedFrom: ArmedFrom = 'tick' in cause ? after(cause.tick) : cause;
  const stopLoss = isBetter
    ? stands
    : { price: formatDecimal(shifted), armedFrom, ...(source === undefined ? {} : { source }) };
  return {
    type: 'StopMovedToBreakEven',
    positionId,
    symbol,
    stopLoss,
    after: shift.after,
    ...('tick' in cause ? { tick: cause.tick } : {}),
  };
}
