import { type Account, evolve } from '../account/account.ts';
import { type NoRoom, noRoom } from '../account/caps.ts';
import type { AccountEvent } from '../account/events.ts';
import { brokerOf, shadowBroker } from '../account/settings.ts';
import type { Instrument } from '../market/instrument.ts';
import type { Rate } from '../market/rate.ts';
import { type Market, type MarketBefore, tickFor } from '../market/symbol-prices.ts';
import type { ArmedFrom, TickReference } from '../market/tick.ts';
import { closingSide, availableQuantity, type Position } from '../position/position.ts';
import type { ExitsRefusal } from '../position/resolve-exits.ts';
import { type Result, ok, refuse } from '../result.ts';
import { type RiskRefusal, checkEntry } from '../risk/check-entry.ts';
import type { EntrySpec } from '../trigger/trigger.ts';
import { compare, decimal, formatDecimal } from '../units.ts';
import { type WrongSide, checkExits } from './check-exits.ts';
import { entriesInto } from './end-entries.ts';
import { workOrder } from './execute-order.ts';
import type { OrderKind, OrderTerms, TimeInForce } from './order.ts';
import { type BelowMinimum, orderPrice, partBelowMinimum } from './least-notional.ts';
import { type StepRefusal, checkSteps } from './order-steps.ts';

/** What surrounds the placing of an order. */
export interface PlacingContext {
  /** Epoch milliseconds. */
  readonly now: number;
  /** From where ticks count for what is armed on the order's symbol now. */
  readonly armedFrom: ArmedFrom;
  readonly market: Market;
  readonly marketBefore?: MarketBefore | undefined;
  readonly instrument: Instrument;
}

/** The position of this id, or what an order is to open under it, is of another symbol or side. */
export type OtherPosition = {
  readonly reason: 'OTHER_POSITION';
  readonly positionId: string;
  readonly field: 'symbol' | 'side';
  readonly value: string;
};

export type PlaceRefusal =
  | { readonly reason: 'ORDER_EXISTS'; readonly orderId: string }
  | NoRoom<'TOO_MANY_WORKING_ORDERS' | 'TOO_MANY_ENTERING_ORDERS' | 'TOO_MANY_REDUCING_ORDERS'>
  | { readonly reason: 'POSITION_CLOSED'; readonly positionId: string }
  | OtherPosition
  | { readonly reason: 'NO_OPEN_POSITION'; readonly positionId: string }
  | { readonly reason: 'MORE_THAN_AVAILABLE'; readonly quantity: string; readonly available: string }
  | { readonly reason: 'ONLY_AT_SHADOW_BROKER'; readonly broker: string }
  | { readonly reason: 'NO_PRICE' | 'SYMBOL_PAUSED'; readonly symbol: string }
  | { readonly reason: 'ENDS_BEFORE_NOW'; readonly until: number }
  | { readonly reason: 'TRADING_HALTED' }
  | StepRefusal
  | BelowMinimum
  | ExitsRefusal
  | WrongSide
  | RiskRefusal;

/** How many orders may wait to enter one position, and how many of their own to make it smaller: what closes it ends them all, in one commit. */
export const maxEnteringOrders = 64;
export const maxReducingOrders = 64;
/** How many orders an account may have working: its document lists them. */
export const maxWorkingOrders = 1_000;

/**
 * Places an order that opens a position or adds to it. At the shadow broker what can fill now does, in the
 * same commit; the rest works on.
 *
 * @param orderName unique in the account: the client order id is made of it.
 */
export function openPosition(
  account: Account,
  orderName: string,
  entry: EntrySpec,
  context: PlacingContext,
): Result<readonly AccountEvent[], PlaceRefusal> {
  const { symbol, side, exits, strategy, tags } = entry;
  const clash = entryClash(account, entry) ?? noRoomToEnter(account, entry.positionId);
  if (clash !== undefined) return refuse(clash);
  const orderSide = side === 'long' ? 'buy' : 'sell';
  const prices = context.market(symbol);
  if (prices.isPaused === true && isForNow(entry)) return refuse({ reason: 'SYMBOL_PAUSED', symbol });
  const last = tickFor(prices, orderSide === 'buy' ? 'ask' : 'bid');
  if (last === undefined) return refuse({ reason: 'NO_PRICE', symbol });
  const around = { ...context, prices, last: prices.isPaused === true ? undefined : last };
  const impossible = exits && checkExits(account, entry, exits, around);
  if (impossible !== undefined) return refuse(impossible);
  const order: OrderTerms = {
    ...termsOf(account, orderName, entry, context),
    side: orderSide,
    purpose: {
      kind: 'enter',
      side,
      ...(exits === undefined ? {} : { exits }),
      ...(strategy === undefined ? {} : { strategy }),
      ...(tags === undefined ? {} : { tags }),
    },
  };
  const checked = checkEntry(account, order, last, context);
  if (!checked.ok) return checked;
  return place(account, order, last, context, checked.value.rates);
}

/** An order of its own that makes a position smaller: it rests beside the position's exits. */
export interface ReduceSpec {
  readonly positionId: string;
  readonly quantity: string;
  readonly how: OrderKind;
  readonly timeInForce: TimeInForce;
}

/**
 * Places an order that closes a position or a part of it, and never turns it. Only the shadow broker can
 * promise that: elsewhere it and an exit could both fill, so what closes a position there is one of its exits.
 */
export function reducePosition(
  account: Account,
  orderName: string,
  spec: ReduceSpec,
  context: PlacingContext,
): Result<readonly AccountEvent[], PlaceRefusal> {
  const position = account.positions.get(spec.positionId);
  if (position === undefined || position.status === 'closed')
    return refuse({ reason: 'NO_OPEN_POSITION', positionId: spec.positionId });
  if (position.broker !== shadowBroker)
    return refuse({ reason: 'ONLY_AT_SHADOW_BROKER', broker: position.broker });
  if (account.trading === 'halted') return refuse({ reason: 'TRADING_HALTED' });
  const full = noRoom('TOO_MANY_REDUCING_ORDERS', position.reducing.length, maxReducingOrders);
  if (full !== undefined) return refuse(full);
  const available = availableQuantity(position);
  if (compare(decimal(spec.quantity), available) > 0)
    return refuse({
      reason: 'MORE_THAN_AVAILABLE',
      quantity: spec.quantity,
      available: formatDecimal(available),
    });
  const side = closingSide(position.side);
  const prices = context.market(position.symbol);
  if (prices.isPaused === true && isForNow(spec))
    return refuse({ reason: 'SYMBOL_PAUSED', symbol: position.symbol });
  const last = tickFor(prices, side === 'buy' ? 'ask' : 'bid');
  if (last === undefined) return refuse({ reason: 'NO_PRICE', symbol: position.symbol });
  const { symbol, priceSource, broker } = position;
  const part = { all: available, price: orderPrice(spec.how, last), instrument: context.instrument };
  const small = partBelowMinimum('quantity', decimal(spec.quantity), part);
  if (small !== undefined) return refuse(small);
  const terms = termsOf(account, orderName, { ...spec, symbol, priceSource }, context);
  return place(account, { ...terms, side, broker, purpose: { kind: 'reduce' } }, last, context);
}

function place(
  account: Account,
  order: OrderTerms,
  last: TickReference,
  { instrument, market, now }: PlacingContext,
  rates: readonly Rate[] = [],
): Result<readonly AccountEvent[], PlaceRefusal> {
  if (account.orders.has(order.id) || account.workingOrderIds.has(order.id))
    return refuse({ reason: 'ORDER_EXISTS', orderId: order.id });
  const full = noRoom('TOO_MANY_WORKING_ORDERS', account.workingOrderIds.size, maxWorkingOrders);
  if (full !== undefined) return refuse(full);
  const { timeInForce } = order;
  if (typeof timeInForce === 'object' && timeInForce.until <= now)
    return refuse({ reason: 'ENDS_BEFORE_NOW', until: timeInForce.until });
  const steps = checkSteps(order, instrument, last);
  if (steps !== undefined) return refuse(steps);
  const placed: AccountEvent = { type: 'OrderPlaced', order, ...(rates.length === 0 ? {} : { rates }) };
  // While its feed is not healthy the last price is no price that it could fill at.
  const isPaused = market(order.symbol).isPaused === true;
  if (order.broker !== shadowBroker || isPaused) return ok([placed]);
  const after = evolve(account, placed);
  const working = after.orders.get(order.id);
  return ok([
    placed,
    ...(working === undefined ? [] : workOrder(after, working, last, { isResting: false, at: now })),
  ]);
}

/** Whether an order fills at the present price, or not at all. */
function isForNow({ how, timeInForce }: Pick<ReduceSpec, 'how' | 'timeInForce'>): boolean {
  return how.kind === 'market' || (how.kind === 'limit' && (timeInForce === 'ioc' || timeInForce === 'fok'));
}

/** What every order of an account says, whatever it is for. */
export function termsOf(
  account: Account,
  orderName: string,
  spec: Omit<ReduceSpec, 'side'> & Pick<OrderTerms, 'symbol' | 'priceSource'>,
  { instrument, armedFrom, now }: Omit<PlacingContext, 'market'>,
): Omit<OrderTerms, 'side' | 'purpose'> {
  const { positionId, symbol, how, quantity, timeInForce, priceSource } = spec;
  const { contract, lotSize, tickSize } = instrument;
  return {
    id: `${account.accountId}.${orderName}`,
    positionId,
    symbol,
    how,
    quantity,
    timeInForce,
    contract,
    ...(lotSize === undefined ? {} : { lotSize }),
    ...(tickSize === undefined ? {} : { tickSize }),
    priceSource,
    broker: brokerOf(account),
    armedFrom,
    placedAt: now,
  };
}

type Entered = Pick<EntrySpec, 'positionId' | 'symbol' | 'side'>;

/** Why an entry can neither open a position under its id nor add to the one that is there. */
export function entryClash(account: Account, entry: Entered): PlaceRefusal | undefined {
  const position = account.positions.get(entry.positionId);
  return position === undefined ? clashWithOrders(account, entry) : clashOf(position, entry);
}

/** Why not one order more may wait to enter a position. */
export function noRoomToEnter(account: Account, positionId: string): PlaceRefusal | undefined {
  return noRoom('TOO_MANY_ENTERING_ORDERS', entriesInto(account, positionId).length, maxEnteringOrders);
}

/** Why an entry cannot add to a position. */
function clashOf(position: Position, { positionId, symbol, side }: Entered): PlaceRefusal | undefined {
  if (position.status === 'closed') return { reason: 'POSITION_CLOSED', positionId };
  const other = { positionId, reason: 'OTHER_POSITION' } as const;
  if (position.symbol !== symbol) return { ...other, field: 'symbol', value: position.symbol };
  if (position.side !== side) return { ...other, field: 'side', value: position.side };
  return undefined;
}

/** Why an entry cannot open a position: other orders, which wait, are to open another one under its id. */
export function clashWithOrders(
  account: Account,
  { positionId, symbol, side }: Entered,
): OtherPosition | undefined {
  for (const id of account.workingOrderIds) {
    const order = account.orders.get(id);
    if (order?.positionId !== positionId || order.purpose.kind !== 'enter') continue;
    const other = { positionId, reason: 'OTHER_POSITION' } as const;
    if (order.symbol !== symbol) return { ...other, field: 'symbol', value: order.symbol };
    if (order.purpose.side !== side) return { ...other, field: 'side', value: order.purpose.side };
  }
  return undefined;
}
