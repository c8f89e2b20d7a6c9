import { type Account, evolve } from '../account/account.ts';
import type { AccountEvent, Actor, OrderFilled } from '../account/events.ts';
import { notional } from '../market/instrument.ts';
import { shiftAfterTarget } from '../position/break-even.ts';
import { settleExit } from '../position/close-position.ts';
import type { PositionState, WorkingExit } from '../position/position.ts';
import { rearmExits } from '../position/rearm-exits.ts';
import { type Result, ok, refuse } from '../result.ts';
import { add, compare, decimal, formatDecimal, subtract, sum } from '../units.ts';
import { type BrokerOrder, brokerOrder } from './broker-orders.ts';
import type { BrokerFill, OrderAtBroker } from './broker.ts';
import { unrecorded } from './fill-ids.ts';
import { proceeds } from './fill.ts';
import { settleEntry } from './settle-entry.ts';

export interface RecordContext {
  /** Epoch milliseconds. */
  readonly now: number;
}

export type RecordRefusal =
  /** Not an order of this account that is or was at a broker. */
  | { readonly reason: 'NOT_OURS'; readonly orderId: string }
  /** The broker has something else under our id: nothing of it is recorded. */
  | {
      readonly reason: 'OTHER_ORDER';
      readonly orderId: string;
      readonly field: 'symbol' | 'side' | 'quantity' | 'filled' | 'filledAt';
      readonly ours: string;
      readonly theirs: string;
    };

/** One commit records so many fills of an order at most: what is left is recorded by the next. */
export const maxFillsPerCommit = 50;

/**
 * What a broker says of one of our orders, as far as the journal does not say it yet: that it was taken, its
 * fills with what they make of the position, each once by its id, and its end. Nothing new is no event. An
 * order ends only when every fill of it is recorded.
 *
 * A closing order that ends unfilled puts its line back: see `afterFailure`.
 */
export function recordAtBroker(
  account: Account,
  clientOrderId: string,
  seen: OrderAtBroker,
  context: RecordContext,
): Result<readonly AccountEvent[], RecordRefusal> {
  const ours = brokerOrder(account, clientOrderId);
  if (ours === undefined) return refuse({ reason: 'NOT_OURS', orderId: clientOrderId });
  const clash = clashOf(ours, seen);
  if (clash !== undefined) return refuse(clash);
  const story = new Story(account);
  if ((ours.status === 'submitted' || ours.status === 'unknown') && seen.status !== 'rejected')
    story.add(accepted(ours, seen.brokerOrderId));
  const fills = unrecorded(ours.fillIds, seen.fills);
  for (const fill of fills.slice(0, maxFillsPerCommit)) recordFill(story, ours, fill);
  const { status, reason } = seen;
  if (status !== 'working' && status !== 'filled' && fills.length <= maxFillsPerCommit)
    recordEnd(story, clientOrderId, { status, reason }, context);
  return ok(story.events);
}

/** A broker refused an order for good, or it was given up before it was there. */
export function recordRejection(
  account: Account,
  clientOrderId: string,
  reason: string,
  context: RecordContext,
): Result<readonly AccountEvent[], RecordRefusal> {
  const story = new Story(account);
  recordEnd(story, clientOrderId, { status: 'rejected', reason }, context);
  return ok(story.events);
}

/**
 * An order that was to be cancelled is not at the broker, and will not be.
 *
 * @param by who gives it up, where it is not whoever asked to cancel it.
 */
export function recordWithdrawal(
  account: Account,
  clientOrderId: string,
  context: RecordContext,
  by?: Actor,
): Result<readonly AccountEvent[], RecordRefusal> {
  const story = new Story(account);
  recordEnd(story, clientOrderId, { status: 'cancelled', reason: 'withdrawn', by }, context);
  return ok(story.events);
}

/** Nobody knows whether the broker has it: it is looked up before anything else is done about it. */
export function recordUnknown(
  account: Account,
  clientOrderId: string,
  reason: string,
): Result<readonly AccountEvent[], never> {
  const ours = brokerOrder(account, clientOrderId);
  if (ours?.status !== 'submitted') return ok([]);
  const { order, of, positionId } = ours;
  const which = { orderId: clientOrderId, symbol: order.symbol };
  return ok([
    {
      type: 'OrderOutcomeUnknown',
      ...which,
      reason: inWords(reason),
      ...(of === 'exit' ? { positionId } : {}),
    },
  ]);
}

/** Events one after the other, with the account as it is after them. */
class Story {
  account: Account;
  readonly events: AccountEvent[] = [];

  constructor(account: Account) {
    this.account = account;
  }

  add(...events: readonly AccountEvent[]): void {
    this.events.push(...events);
    this.account = events.reduce(evolve, this.account);
  }
}

/** However far the broker's clock may be from ours. */
const mostApartMs = 24 * 3_600_000;

function clashOf(
  { order, filled, fillIds, since = -Infinity }: BrokerOrder,
  seen: OrderAtBroker,
): RecordRefusal | undefined {
  const other = { reason: 'OTHER_ORDER', orderId: order.clientOrderId } as const;
  if (seen.symbol !== order.symbol)
    return { ...other, field: 'symbol', ours: order.symbol, theirs: seen.symbol };
  if (seen.side !== order.side) return { ...other, field: 'side', ours: order.side, theirs: seen.side };
  const quantity = decimal(order.quantity);
  if (compare(decimal(seen.quantity), quantity) !== 0)
    return { ...other, field: 'quantity', ours: order.quantity, theirs: seen.quantity };
  const fills = unrecorded(fillIds, seen.fills);
  const early = fills.find(({ at }) => at < since - mostApartMs);
  if (early !== undefined)
    return { ...other, field: 'filledAt', ours: String(since), theirs: String(early.at) };
  const total = add(decimal(filled), sum(fills.map((fill) => decimal(fill.quantity))));
  if (compare(total, quantity) > 0)
    return { ...other, field: 'filled', ours: order.quantity, theirs: formatDecimal(total) };
  return undefined;
}

function accepted({ of, order, positionId }: BrokerOrder, brokerOrderId: string): AccountEvent {
  const { clientOrderId: orderId, symbol } = order;
  return {
    type: 'OrderAccepted',
    orderId,
    symbol,
    brokerOrderId,
    ...(of === 'exit' ? { positionId } : {}),
  };
}

function recordFill(story: Story, ours: BrokerOrder, fill: BrokerFill): void {
  const { account } = story;
  const filled = filledBy(ours, fill, remainingOf(account, ours, fill));
  const position = account.positions.get(ours.positionId);
  const held = position?.status === 'closed' ? undefined : position;
  story.add(filled);
  if (ours.of === 'order') {
    const order = account.orders.get(ours.order.clientOrderId);
    if (order === undefined) return;
    if (order.purpose.kind === 'enter') story.add(...settleEntry(account, order, filled, fill.at));
    else if (held !== undefined)
      story.add(...settleExit(account, held, { fill: filled, reason: 'order', at: fill.at }));
    // What came in while all that was held is being closed has lines that were reached already.
    if (held?.status === 'closing') rearm(story, held.id, held.exiting, { at: fill.at });
    return;
  }
  const exit = exitOf(held, filled.clientOrderId);
  if (held === undefined || exit === undefined) return;
  const { reason, targetId } = exit;
  const which = targetId === undefined ? {} : { targetId };
  const settled = settleExit(account, held, { fill: filled, reason, at: fill.at, ...which });
  const isFirstOfTarget = held.exits.targets.some(({ id }) => id === targetId);
  const shift =
    isFirstOfTarget && settled.some(({ type }) => type === 'PositionReduced')
      ? shiftAfterTarget(held, { at: fill.at })
      : undefined;
  story.add(...settled, ...(shift === undefined ? [] : [shift]));
}

/** What of an order of its own is still to be filled after this. */
function remainingOf(account: Account, { of, order }: BrokerOrder, { quantity }: BrokerFill) {
  const state = account.orders.get(order.clientOrderId);
  if (of === 'exit' || state === undefined) return {};
  const before = subtract(decimal(state.quantity), decimal(state.filled));
  return { remaining: formatDecimal(subtract(before, decimal(quantity))) };
}

function filledBy(
  { of, order, positionId, contract }: BrokerOrder,
  fill: BrokerFill,
  remaining: Pick<OrderFilled, 'remaining'>,
): OrderFilled {
  const { clientOrderId, symbol, side } = order;
  const { id, quantity, price, fee, feeCurrency, liquidity, at } = fill;
  const worth = notional(contract, decimal(quantity), decimal(price));
  return {
    type: 'OrderFilled',
    of,
    clientOrderId,
    positionId,
    symbol,
    side,
    quantity,
    price,
    proceeds: formatDecimal(proceeds(contract, side, worth)),
    currency: contract.currency,
    fee,
    feeCurrency,
    liquidity,
    ...remaining,
    brokerFillId: id,
    filledAt: at,
  };
}

interface End {
  readonly status: 'cancelled' | 'expired' | 'rejected';
  readonly reason: string | undefined;
  readonly by?: Actor | undefined;
}

function recordEnd(
  story: Story,
  clientOrderId: string,
  { status, reason, by }: End,
  context: RecordContext,
): void {
  const ours = brokerOrder(story.account, clientOrderId);
  if (ours === undefined || ours.status === 'ended') return;
  const { of, positionId } = ours;
  const position = story.account.positions.get(positionId);
  const exit = of === 'exit' ? exitOf(position, clientOrderId) : undefined;
  const ended = { of, orderId: clientOrderId, symbol: ours.order.symbol, positionId };
  const words = inWords(reason ?? '');
  switch (status) {
    case 'rejected':
      story.add({ type: 'OrderRejected', ...ended, reason: words });
      break;
    case 'expired':
      story.add({ type: 'OrderExpired', ...ended });
      break;
    case 'cancelled':
      story.add({
        type: 'OrderCancelled',
        ...ended,
        by: by ?? whoCancelled(story.account, clientOrderId, words),
      });
  }
  if (exit !== undefined) rearm(story, positionId, [exit], afterFailure(position, context));
}

function whoCancelled(account: Account, orderId: string, reason: string): Actor {
  return account.orders.get(orderId)?.cancelRequested ?? { actor: 'broker', reason };
}

const firstPauseMs = 250;
const maxPauseMs = 60_000;

/**
 * From when the line of a closing order that came to nothing counts again: soon, and less and less soon while
 * the broker takes none. A tick that reaches it then makes a new order.
 */
function afterFailure(
  position: Pick<PositionState, 'failedExits'> | undefined,
  { now }: RecordContext,
): { at: number } {
  return { at: Math.round(now) + pauseAfterFailures((position?.failedExits ?? 0) + 1) };
}

/** How long a position whose closing orders came to nothing, so many in a row, gets no other one. */
export function pauseAfterFailures(failedExits: number): number {
  return failedExits === 0 ? 0 : Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(failedExits - 1, 16));
}

const rearmedBy: Actor = { actor: 'bellwether', reason: 'its closing order did not close it' };
const stillOpenBy: Actor = { actor: 'bellwether', reason: 'it grew while it was being closed' };

function rearm(
  story: Story,
  positionId: string,
  exiting: readonly WorkingExit[],
  armedFrom: { at: number },
): void {
  const position = story.account.positions.get(positionId);
  if (position === undefined || position.status === 'closed') return;
  // What has fired beside it covered what was left then. Where another line has come since, an order's level is none of it.
  const ended = exiting.map(({ level: _before, ...exit }) => exit);
  const exits = rearmExits(position, [...(position.fired ?? []), ...ended], armedFrom);
  if (exits === undefined) return;
  const isEnded = exiting.every(({ order }) => exitOf(position, order.clientOrderId) === undefined);
  const by = isEnded ? rearmedBy : stillOpenBy;
  story.add({ type: 'ExitsAmended', positionId, symbol: position.symbol, exits, by });
}

function exitOf(position: PositionState | undefined, clientOrderId: string): WorkingExit | undefined {
  return position?.exiting.find(({ order }) => order.clientOrderId === clientOrderId);
}

/** The broker's words, as much as an event takes. */
function inWords(reason: string): string {
  const words = reason.trim().slice(0, 512);
  return words === '' ? 'no reason given' : words;
}
