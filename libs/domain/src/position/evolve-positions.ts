import type { Account } from '../account/account.ts';
import type { Copies } from '../account/copies.ts';
import type { AccountEvent, PositionReduced } from '../account/events.ts';
import { excluding, including } from '../account/id-set.ts';
import { shadowBroker } from '../account/settings.ts';
import { contentOf } from '../content.ts';
import { after } from '../market/tick.ts';
import { addTexts, decimal, formatDecimal, isPositive, isZero, subtract } from '../units.ts';
import { withFillId } from '../order/fill-ids.ts';
import type { Exits } from './exits.ts';
import {
  type ExitOrder,
  type ExitReason,
  type FiredProtection,
  type Position,
  type PositionState,
  type WorkingExit,
  availableQuantity,
  entered,
  isStop,
} from './position.ts';

type PositionEvent = Extract<
  AccountEvent,
  {
    type:
      | 'PositionAdopted'
      | 'PositionOpened'
      | 'PositionIncreased'
      | 'ExitsAmended'
      | 'StopMovedToBreakEven'
      | 'TrailingStopActivated'
      | 'StopTriggered'
      | 'TargetTriggered'
      | 'TrailingStopTriggered'
      | 'TimeExitTriggered'
      | 'CloseRequested'
      | 'OrderPlaced'
      | 'OrderAccepted'
      | 'OrderOutcomeUnknown'
      | 'OrderFilled'
      | 'OrderCancelled'
      | 'OrderExpired'
      | 'OrderRejected'
      | 'PositionReduced'
      | 'PositionClosed'
      | 'FundingSettled';
  }
>;

/** The account's positions after an event of one. */
export function evolvePositions(account: Account, event: PositionEvent, copies: Copies): Account {
  if (event.type === 'PositionAdopted' || event.type === 'PositionOpened') {
    const fees = event.type === 'PositionOpened' ? (event.fees ?? {}) : {};
    // Opened again by an order that outlived it: the ids of its closing orders go on.
    const exitOrders = account.positions.get(event.position.id)?.exitOrders ?? 0;
    const position = entered(event.position, { fees, exitOrders });
    const openIds = including(account.openPositionIds, position.id, copies);
    return withPositions(account, copies.ofMap(account.positions).set(position.id, position), openIds);
  }
  const { openPositionIds } = account;
  const positionId = event.type === 'OrderPlaced' ? event.order.positionId : event.positionId;
  const position = positionId === undefined ? undefined : account.positions.get(positionId);
  const next = position && evolvePosition(position, event);
  const positions =
    next === undefined || next === position
      ? account.positions
      : copies.ofMap(account.positions).set(next.id, next);
  const isOver = event.type === 'PositionClosed';
  const openIds = isOver ? excluding(openPositionIds, event.positionId, copies) : openPositionIds;
  return withPositions(account, positions, openIds);
}

/** The same account where its map and its set are the same: then they have been changed in place. */
function withPositions(
  account: Account,
  positions: Account['positions'],
  openPositionIds: Account['openPositionIds'],
): Account {
  const isSame = positions === account.positions && openPositionIds === account.openPositionIds;
  return isSame ? account : { ...account, positions, openPositionIds };
}

const reasons = {
  StopTriggered: 'stopLoss',
  TargetTriggered: 'takeProfit',
  TrailingStopTriggered: 'trailingStop',
  TimeExitTriggered: 'timeExit',
} as const satisfies Record<string, ExitReason>;

function evolvePosition(
  position: Position,
  event: Exclude<PositionEvent, { type: 'PositionAdopted' | 'PositionOpened' }>,
): Position {
  switch (event.type) {
    case 'PositionIncreased': {
      const grown = {
        ...position,
        quantity: event.newQuantity,
        entryPrice: event.entryPrice,
        enteredQuantity: addTexts(position.enteredQuantity, event.quantity),
        exits: event.exits ?? position.exits,
      };
      return stillFired(withExiting(grown, position.exiting), position.exits);
    }
    case 'ExitsAmended':
      return stillFired({ ...position, exits: event.exits }, position.exits);
    case 'StopMovedToBreakEven':
      return { ...position, exits: withoutBreakEven({ ...position.exits, stopLoss: event.stopLoss }) };
    case 'TrailingStopActivated':
      return { ...position, exits: { ...position.exits, trailing: event.trailing } };
    case 'StopTriggered':
    case 'TargetTriggered':
    case 'TrailingStopTriggered':
    case 'TimeExitTriggered': {
      const reason = reasons[event.type];
      const { order, level, targetId } = event;
      const which = targetId === undefined ? {} : { targetId };
      return withExitOrder(havingFired(position, reason, level), {
        ...submitted(order),
        reason,
        level,
        ...which,
      });
    }
    case 'CloseRequested':
      return withExitOrder(position, { ...submitted(event.order), reason: event.reason });
    case 'OrderAccepted': {
      const { brokerOrderId } = event;
      return withExit(position, event.orderId, (exit) => ({ ...exit, status: 'open', brokerOrderId }));
    }
    case 'OrderOutcomeUnknown':
      return withExit(position, event.orderId, (exit) => ({ ...exit, status: 'unknown' }));
    case 'OrderCancelled':
    case 'OrderExpired':
    case 'OrderRejected': {
      const { exiting, failedExits = 0 } = position;
      const rest = exiting.filter(({ order }) => order.clientOrderId !== event.orderId);
      const reducing = position.reducing.filter((id) => id !== event.orderId);
      if (rest.length === exiting.length) return { ...position, reducing };
      return withExiting({ ...position, reducing, failedExits: failedExits + 1 }, rest);
    }
    case 'OrderPlaced':
      return event.order.purpose.kind === 'reduce'
        ? { ...position, reducing: [...position.reducing, event.order.id] }
        : position;
    case 'OrderFilled': {
      const fees = isZero(decimal(event.fee)) ? position.fees : feesAfter(position, event);
      const isOver = event.remaining !== undefined && isZero(decimal(event.remaining));
      const { clientOrderId, brokerFillId } = event;
      const isReducing = isOver && position.reducing.includes(clientOrderId);
      const reducing = isReducing
        ? position.reducing.filter((id) => id !== clientOrderId)
        : position.reducing;
      const isSame = fees === position.fees && reducing === position.reducing;
      const paid = isSame ? position : { ...position, fees, reducing };
      if (brokerFillId === undefined || event.of === 'order') return paid;
      return withExit(paid, clientOrderId, (exit) => ({
        ...exit,
        fillIds: withFillId(exit.fillIds, brokerFillId),
      }));
    }
    case 'PositionReduced':
      return withExiting(
        {
          ...withoutFailures(stateOf(position)),
          ...withoutTarget(position, event.targetId),
          quantity: event.remaining,
          realizedPnl: addTexts(position.realizedPnl, event.realizedPnl),
          status: 'open',
          ...(isStop(event.reason) ? { isStopped: true } : {}),
        },
        leftOf(position.exiting, event),
      );
    case 'PositionClosed':
      return {
        ...position,
        ...withoutTarget(position, event.targetId),
        realizedPnl: addTexts(position.realizedPnl, event.realizedPnl),
        reducing: [],
        exiting: [],
        status: 'closed',
        reason: event.reason,
        exitPrice: event.exitPrice,
        closedAt: event.closedAt,
      };
    case 'FundingSettled':
      return { ...position, funding: addTexts(position.funding, event.amount), fundedUntil: event.at };
  }
}

/** What the shadow broker closes cannot come to nothing. */
function havingFired(position: Position, reason: ExitReason, level: string): Position {
  if (position.broker === shadowBroker) return position;
  if (reason !== 'stopLoss' && reason !== 'trailingStop' && reason !== 'timeExit') return position;
  const others = (position.fired ?? []).filter((each) => each.reason !== reason);
  return { ...position, fired: [...others, { reason, level }] };
}

const partOf = { stopLoss: 'stopLoss', trailingStop: 'trailing', timeExit: 'timeExit' } as const;

/** A part of the exits that is another one now, or counts from another place, has not fired. */
function stillFired(position: Position, before: Exits): Position {
  const { fired, ...state } = position;
  if (fired === undefined) return position;
  const isSame = ({ reason }: FiredProtection): boolean =>
    contentOf(before[partOf[reason]] ?? null) === contentOf(position.exits[partOf[reason]] ?? null);
  const left = fired.filter(isSame);
  return left.length === 0 ? state : { ...state, fired: left };
}

function submitted(order: ExitOrder): Pick<WorkingExit, 'order' | 'ordered' | 'status' | 'fillIds'> {
  return { order, ordered: order.quantity, status: 'submitted', fillIds: [] };
}

function withExit(
  position: Position,
  clientOrderId: string,
  change: (exit: WorkingExit) => WorkingExit,
): Position {
  if (!position.exiting.some(({ order }) => order.clientOrderId === clientOrderId)) return position;
  const exiting = position.exiting.map((exit) =>
    exit.order.clientOrderId === clientOrderId ? change(exit) : exit,
  );
  return { ...position, exiting };
}

function withoutFailures({ failedExits: _none, ...state }: PositionState): PositionState {
  return state;
}

function withExitOrder(position: Position, exit: WorkingExit): Position {
  const exitOrders = position.exitOrders + 1;
  if (position.status === 'closed') return { ...position, exitOrders };
  const exiting = [...position.exiting, exit];
  return { ...position, exitOrders, exiting, status: statusWith(position.quantity, exiting) };
}

function withExiting(position: Position, exiting: readonly WorkingExit[]): Position {
  if (position.status === 'closed') return position;
  return { ...position, exiting, status: statusWith(position.quantity, exiting) };
}

function statusWith(quantity: string, exiting: readonly WorkingExit[]): 'open' | 'closing' {
  const [only, ...others] = exiting;
  const isAll = others.length === 0 && only?.order.quantity === quantity;
  return isAll || isZero(availableQuantity({ quantity, exiting })) ? 'closing' : 'open';
}

/** What is still to be filled once `quantity` of an order has; without an order's id nothing is. */
function leftOf(
  exiting: readonly WorkingExit[],
  { clientOrderId, quantity, tick }: Pick<PositionReduced, 'clientOrderId' | 'quantity' | 'tick'>,
): readonly WorkingExit[] {
  if (clientOrderId === undefined) return [];
  return exiting.flatMap((working) => {
    if (working.order.clientOrderId !== clientOrderId) return [working];
    const left = subtract(decimal(working.order.quantity), decimal(quantity));
    if (!isPositive(left)) return [];
    const order = { ...working.order, quantity: formatDecimal(left) };
    return [{ ...working, order, ...(tick === undefined ? {} : { armedFrom: after(tick) }) }];
  });
}

function stateOf(position: Position): PositionState {
  const { status: _status, ...state } = position;
  return state;
}

function withoutTarget(
  { exits, targetsHit }: PositionState,
  targetId: string | undefined,
): Pick<PositionState, 'exits' | 'targetsHit'> {
  if (targetId === undefined) return { exits, targetsHit };
  const targets = exits.targets.filter(({ id }) => id !== targetId);
  // The first of several fills has taken it out already.
  if (targets.length === exits.targets.length) return { exits, targetsHit };
  return { exits: { ...exits, targets }, targetsHit: targetsHit + 1 };
}

function withoutBreakEven({ breakEven: _done, ...exits }: Exits): Exits {
  return exits;
}

function feesAfter(
  { fees }: PositionState,
  { fee, feeCurrency }: { readonly fee: string; readonly feeCurrency: string },
): PositionState['fees'] {
  return { ...fees, [feeCurrency]: addTexts(fees[feeCurrency] ?? '0', fee) };
}
