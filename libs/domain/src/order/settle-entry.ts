import type { Account } from '../account/account.ts';
import type { AccountEvent, OrderFilled } from '../account/events.ts';
import { contentOf } from '../content.ts';
import { notional } from '../market/instrument.ts';
import { type ArmedFrom, after } from '../market/tick.ts';
import { averageEntry } from '../position/pnl.ts';
import type { Exits } from '../position/exits.ts';
import type { ExitsSpec } from '../position/exits-spec.ts';
import type { Position, PositionState, PositionTerms } from '../position/position.ts';
import { resolveExits } from '../position/resolve-exits.ts';
import { countingFrom, movedExits, replacedExits } from '../position/standing-exits.ts';
import { type Price, add, decimal, formatDecimal, isZero, negate, subtract } from '../units.ts';
import { noExits } from '../position/exits.ts';
import { proceeds } from './fill.ts';
import type { Order } from './order.ts';

/**
 * What a fill of an entering order makes of its position: open with its first fill, larger with the next.
 * Exits that were asked for in percent are counted from the average entry; what that moves counts from the next tick.
 *
 * @param at when it fills, epoch milliseconds.
 */
export function settleEntry(
  account: Account,
  order: Order,
  fill: OrderFilled,
  at: number,
): readonly AccountEvent[] {
  const { purpose, positionId } = order;
  if (purpose.kind !== 'enter') return [];
  const position = account.positions.get(positionId);
  return position === undefined || position.status === 'closed'
    ? [opened(order, purpose, fill, { openedAt: at, before: position?.exits })]
    : [increased(order, position, fill)];
}

type Entering = Extract<Order['purpose'], { kind: 'enter' }>;

/** @param before the exits of the position that it would have added to, and that is closed by now: those protect it where it names none. */
function opened(
  order: Order,
  purpose: Entering,
  fill: OrderFilled,
  { openedAt, before = noExits }: { readonly openedAt: number; readonly before: Exits | undefined },
): AccountEvent {
  const { positionId: id, symbol, contract, priceSource, broker, lotSize } = order;
  const { side, exits: spec, strategy, tags } = purpose;
  const entry = { side, price: decimal(fill.price), openedAt };
  const position: PositionTerms = {
    id,
    symbol,
    side,
    quantity: fill.quantity,
    entryPrice: fill.price,
    contract,
    ...(lotSize === undefined ? {} : { lotSize }),
    priceSource,
    exits:
      spec === undefined
        ? countingFrom(before, placeOf(fill, openedAt))
        : exitsFrom(spec, entry, order, fill),
    openedAt,
    broker,
    ...(strategy === undefined ? {} : { strategy }),
    ...(tags === undefined ? {} : { tags }),
  };
  const fees = isZero(decimal(fill.fee)) ? {} : { fees: { [fill.feeCurrency]: fill.fee } };
  return { type: 'PositionOpened', orderId: order.id, ...fees, position };
}

function increased(order: Order, position: Position, fill: OrderFilled): AccountEvent {
  const { id: positionId, symbol, side, contract } = position;
  const held = { quantity: decimal(position.quantity), price: decimal(position.entryPrice) };
  const added = { quantity: decimal(fill.quantity), price: decimal(fill.price) };
  const quantity = add(held.quantity, added.quantity);
  const average = averageEntry(contract, held, added);
  const entering = side === 'long' ? 'buy' : 'sell';
  const cost = (amount: typeof held.quantity, price: Price) =>
    negate(proceeds(contract, entering, notional(contract, amount, price)));
  const grown = subtract(cost(quantity, average), cost(held.quantity, held.price));
  const grownBy = grownExits(position, average, order, fill);
  // The shadow broker has watched nothing else while it closed all there was: what ticked by then is over.
  const isWatchedAnew = position.status === 'closing' && fill.tick !== undefined;
  const exits = isWatchedAnew ? countingFrom(grownBy, after(fill.tick)) : grownBy;
  return {
    type: 'PositionIncreased',
    orderId: order.id,
    positionId,
    symbol,
    quantity: fill.quantity,
    price: fill.price,
    newQuantity: formatDecimal(quantity),
    entryPrice: formatDecimal(average),
    rounding: formatDecimal(add(grown, decimal(fill.proceeds))),
    ...(contentOf(exits) === contentOf(position.exits) ? {} : { exits }),
  };
}

/**
 * The exits of a position with another average entry. The first fill of an order that asks for exits brings them in the
 * place of those that there are; with the next they go along with the entry, but for what has changed since.
 */
function grownExits(position: PositionState, average: Price, order: Order, fill: OrderFilled): Exits {
  const { purpose, filled } = order;
  const spec = purpose.kind === 'enter' ? purpose.exits : undefined;
  if (spec === undefined) return position.exits;
  const { side, openedAt } = position;
  const now = exitsFrom(spec, { side, price: average, openedAt }, order, fill);
  if (isZero(decimal(filled))) return replacedExits(position, now);
  const price = decimal(position.entryPrice);
  return movedExits(position, exitsFrom(spec, { side, price, openedAt }, order, fill), now);
}

/**
 * The order was checked against such exits when it was placed. Of these only a shift by an amount can have become
 * impossible since, where the fill is far from what was expected: it is left out, and all that protects stays.
 */
function exitsFrom(
  spec: ExitsSpec,
  entry: { readonly side: PositionState['side']; readonly price: Price; readonly openedAt: number },
  order: Order,
  fill: OrderFilled,
): Exits {
  const { side, price: entryPrice, openedAt } = entry;
  const armedFrom = placeOf(fill, openedAt);
  const { tickSize } = order;
  const step = tickSize === undefined ? {} : { tickSize };
  const terms = { side, entryPrice, armedFrom, openedAt, ...step };
  const resolved = resolveExits(spec, terms);
  if (resolved.ok) return resolved.value;
  const { breakEven: _impossible, ...others } = spec;
  const withoutShift = resolveExits(others, terms);
  return withoutShift.ok ? withoutShift.value : noExits;
}

/** From where ticks count for what a fill arms. */
function placeOf({ tick, filledAt }: OrderFilled, openedAt: number): ArmedFrom {
  return tick === undefined ? { at: filledAt ?? openedAt } : after(tick);
}
