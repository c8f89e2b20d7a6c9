import type { Account } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import type { FillModel } from '../account/settings.ts';
import type { TickReference } from '../market/tick.ts';
import { fillAt, fillableAt } from '../order/fill.ts';
import { decimal } from '../units.ts';
import { shiftAfterTarget } from './break-even.ts';
import { settleExit } from './close-position.ts';
import type { PositionState, WorkingExit } from './position.ts';

/**
 * What the shadow broker fills of a closing order at a tick: all of it, or as much as the model takes of the
 * tick's size. What is left works on, and fills at the next ticks as a line of the book.
 *
 * @param at when it fills, epoch milliseconds; the tick's exchange time where nothing says more.
 */
export function fillExit(
  account: Account,
  position: PositionState,
  { order, reason, targetId }: Pick<WorkingExit, 'order' | 'reason' | 'targetId'>,
  tick: TickReference,
  at = tick.exchangeAt,
): readonly AccountEvent[] {
  const { id: positionId, symbol, contract, lotSize } = position;
  const { fills } = account.settings;
  const model = reason === 'reset' ? unbounded(fills) : fills;
  const quantity = fillableAt(model, decimal(order.quantity), tick, lotSize);
  const fill = fillAt(model, { of: 'exit', ...order, positionId, symbol, quantity, contract }, tick);
  const which = targetId === undefined ? {} : { targetId };
  const settled = settleExit(account, position, { fill, reason, at, ...which });
  const isReduced = settled.some(({ type }) => type === 'PositionReduced');
  const isFirstOfRung = position.exits.targets.some(({ id }) => id === targetId);
  const shifted = isReduced && isFirstOfRung ? shiftAfterTarget(position, { tick }) : undefined;
  return [fill, ...settled, ...(shifted === undefined ? [] : [shifted])];
}

/** A reset ends everything at once, whatever traded. */
function unbounded(model: FillModel): FillModel {
  if (model.kind === 'exact') return model;
  const { maxShareOfTrade: _bound, ...rest } = model;
  return rest;
}
