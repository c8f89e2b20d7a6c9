import { type Account, evolve } from '../account/account.ts';
import type { AccountEvent, OrderFilled } from '../account/events.ts';
import { type TickReference, isAtOrAfter } from '../market/tick.ts';
import { settleExit } from '../position/close-position.ts';
import { type Position, availableQuantity } from '../position/position.ts';
import type { RiskContext } from '../risk/check-entry.ts';
import { type EntryHold, becauseOf, entryHold } from '../risk/entry-hold.ts';
import { reachedLoss } from '../risk/losses.ts';
import { type Result, ok, refuse } from '../result.ts';
import {
  type Price,
  type Quantity,
  compare,
  decimal,
  formatDecimal,
  isPositive,
  least,
  subtract,
} from '../units.ts';
import { fillAt, fillableAt } from './fill.ts';
import { type Order, isWorking } from './order.ts';
import { settleEntry } from './settle-entry.ts';

/** A line of an order that a tick has reached, as the trigger book saw it. */
export interface FiredOrder {
  readonly orderId: string;
  /** Which line: as `linesOfOrder` names it. */
  readonly lineId: string;
  readonly tick: TickReference;
}

export type OrderRefusal =
  | { readonly reason: 'TRADING_HALTED' | 'TRADING_REDUCING' }
  | { readonly reason: 'NOT_WORKING' }
  | { readonly reason: 'BEFORE_ARMED' }
  | { readonly reason: 'LEVEL_NOT_REACHED' };

/**
 * What a tick that reaches an order at the shadow broker does to it: triggers it, fills it, or ends it. An entry ends where the
 * account has lost as much as it may, the open P&L at this tick included, whether a commit has said so before or not.
 */
export function executeOrder(
  account: Account,
  fired: FiredOrder,
  context: RiskContext,
): Result<readonly AccountEvent[], OrderRefusal> {
  const { orderId, lineId, tick } = fired;
  const order = account.orders.get(orderId);
  if (order === undefined || !isWorking(order) || order.broker !== 'shadow')
    return refuse({ reason: 'NOT_WORKING' });
  if (!isAtOrAfter(tick, order.armedFrom)) return refuse({ reason: 'BEFORE_ARMED' });
  const { symbol, positionId } = order;
  const { timeInForce } = order;
  const isOver = typeof timeInForce === 'object' && tick.exchangeAt >= timeInForce.until;
  if (isOver) return ok([{ type: 'OrderExpired', of: 'order', orderId, symbol, positionId, tick }]);
  if (lineId === 'expiry') return refuse({ reason: 'LEVEL_NOT_REACHED' });
  if (account.trading === 'halted') return refuse({ reason: 'TRADING_HALTED' });
  if (account.trading === 'reducing' && order.purpose.kind === 'enter')
    return refuse({ reason: 'TRADING_REDUCING' });
  const limit = order.purpose.kind === 'enter' ? reachedLoss(account, context) : undefined;
  const hold = limit === undefined ? {} : { hold: { reason: 'LIMIT_TRIPPED', limit } as const };
  const events = workOrder(account, order, tick, { isResting: true, at: tick.exchangeAt, ...hold });
  return events.length === 0 ? refuse({ reason: 'LEVEL_NOT_REACHED' }) : ok(events);
}

/** How an order meets a tick. */
interface Meeting {
  /** Whether it lay in the book before this tick, and so makes the price that the tick takes. */
  readonly isResting: boolean;
  /** When that is, epoch milliseconds: of an order that is placed, later than the last tick. It fills no earlier than the tick, either. */
  readonly at: number;
  /** Why it may not enter, where its account does not say so yet. */
  readonly hold?: EntryHold;
}

/**
 * What the shadow broker makes of a working order at a tick: nothing where the price is not reached. What
 * triggers at a tick may fill at it. What is for now, from its placing or its stop price on, ends with it.
 */
export function workOrder(
  account: Account,
  order: Order,
  tick: TickReference,
  meeting: Meeting,
): readonly AccountEvent[] {
  const done = workAt(account, order, tick, meeting);
  const { id: orderId, symbol, positionId, timeInForce, how } = order;
  const after = done.reduce(evolve, account).orders.get(orderId);
  const isForNow = timeInForce === 'ioc' || timeInForce === 'fok';
  const hasBegun = !('stopPrice' in how) || after?.isTriggered === true;
  if (!isForNow || !hasBegun || after?.status !== 'open') return done;
  return [...done, { type: 'OrderExpired', of: 'order', orderId, symbol, positionId, tick }];
}

function workAt(
  account: Account,
  order: Order,
  tick: TickReference,
  meeting: Meeting,
): readonly AccountEvent[] {
  const { how, id: orderId, symbol, side } = order;
  if ('stopPrice' in how && !order.isTriggered) {
    const fromStop = compare(decimal(tick.price), decimal(how.stopPrice));
    if (side === 'buy' ? fromStop < 0 : fromStop > 0) return [];
    const triggered: AccountEvent = { type: 'OrderTriggered', orderId, symbol, tick };
    const after = evolve(account, triggered);
    return [
      triggered,
      ...fillNow(after, { ...order, isTriggered: true }, tick, { ...meeting, isResting: false }),
    ];
  }
  return fillNow(account, order, tick, meeting);
}

function fillNow(
  account: Account,
  order: Order,
  tick: TickReference,
  { isResting, at, hold: known }: Meeting,
): readonly AccountEvent[] {
  const { how, side, positionId, symbol, id } = order;
  const limit = 'limitPrice' in how ? decimal(how.limitPrice) : undefined;
  if (limit !== undefined && !isMarketable(side, decimal(tick.price), limit)) return [];
  const hold = order.purpose.kind === 'enter' ? (entryHold(account, symbol, at) ?? known) : undefined;
  if (hold !== undefined) return [cancelled(order, becauseOf(hold))];
  const position = account.positions.get(positionId);
  if (order.purpose.kind === 'enter' && position?.status === 'closed')
    return [cancelled(order, 'its position is closed')];
  if (position !== undefined && isOfAnother(order, position))
    return [cancelled(order, 'its position is of another symbol or side')];
  const open = subtract(decimal(order.quantity), decimal(order.filled));
  const wanted = order.purpose.kind === 'enter' ? open : least(open, closable(position));
  if (!isPositive(wanted)) return [cancelled(order, 'nothing of its position is left to close')];
  const { fills } = account.settings;
  const quantity = fillableAt(fills, wanted, tick, order.lotSize);
  const isPart = compare(quantity, wanted) < 0;
  if (!isPositive(quantity) || (isPart && order.timeInForce === 'fok')) return [];
  const filled = fillAt(
    fills,
    { of: 'order', clientOrderId: id, positionId, symbol, side, quantity, contract: order.contract },
    tick,
    limit === undefined ? undefined : { price: limit, isResting },
  );
  const fill = { ...filled, remaining: formatDecimal(subtract(open, quantity)) };
  return [fill, ...settle(account, order, fill, Math.max(tick.exchangeAt, Math.round(at), 0))];
}

function cancelled({ id: orderId, symbol, positionId }: Order, reason: string): AccountEvent {
  const by = { actor: 'bellwether', reason };
  return { type: 'OrderCancelled', of: 'order', orderId, symbol, positionId, by };
}

/** Whether what it would enter is not what the position is: one that was adopted since, under the same id. */
function isOfAnother({ purpose, symbol }: Order, position: Position): boolean {
  return purpose.kind === 'enter' && (position.symbol !== symbol || position.side !== purpose.side);
}

function settle(account: Account, order: Order, fill: OrderFilled, at: number): readonly AccountEvent[] {
  if (order.purpose.kind === 'enter') return settleEntry(account, order, fill, at);
  const position = account.positions.get(order.positionId);
  if (position === undefined || position.status === 'closed') return [];
  return settleExit(account, position, { fill, reason: 'order', at });
}

function closable(position: Position | undefined): Quantity {
  return position === undefined || position.status === 'closed' ? decimal('0') : availableQuantity(position);
}

/** Whether an order with a limit fills at a price. */
export function isMarketable(side: 'buy' | 'sell', price: Price, limit: Price): boolean {
  const fromLimit = compare(price, limit);
  return side === 'buy' ? fromLimit <= 0 : fromLimit >= 0;
}
