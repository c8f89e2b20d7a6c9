import type { Account } from '../account/account.ts';
import { type NoRoom, noRoom } from '../account/caps.ts';
import type { AccountEvent, Actor } from '../account/events.ts';
import { type Market, tickFor } from '../market/symbol-prices.ts';
import { type BelowMinimum, partBelowMinimum } from '../order/least-notional.ts';
import { type Result, ok, refuse } from '../result.ts';
import {
  type Quantity,
  compare,
  decimal,
  formatDecimal,
  isPositive,
  multiply,
  parseDecimal,
  quantityScale,
  roundTo,
  roundToStep,
} from '../units.ts';
import { whileClosing } from './close-position.ts';
import { fillExit } from './fill-exit.ts';
import {
  type ExitReason,
  type PositionState,
  availableQuantity,
  closingSide,
  maxExiting,
  nextExitOrder,
} from './position.ts';
import { valuationPrice } from './value-position.ts';

/** All of a position, a share of what is open (above 0, at most 1), or a quantity. */
export type CloseSize = { readonly share: string } | { readonly quantity: string } | 'all';

export interface CloseRequest {
  readonly positionId: string;
  readonly size: CloseSize;
  readonly reason: ExitReason;
  readonly by: Actor;
}

export type CloseRefusal =
  | { readonly reason: 'NO_OPEN_POSITION'; readonly positionId: string }
  | { readonly reason: 'TRADING_HALTED' }
  | (NoRoom<'TOO_MANY_EXITS'> & { readonly positionId: string })
  /** Nobody here knows a price, or only one from before its feed failed. */
  | { readonly reason: 'NO_PRICE' | 'SYMBOL_PAUSED'; readonly symbol: string }
  | { readonly reason: 'NOT_POSITIVE'; readonly field: string; readonly value: string }
  | BelowMinimum
  | { readonly reason: 'MORE_THAN_AVAILABLE'; readonly quantity: string; readonly available: string };

/** What surrounds a request. */
export interface CloseContext {
  readonly market: Market;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Of the instrument: a part of a position, and what it leaves, are worth at least this much. */
  readonly minNotional?: string | undefined;
}

/** The other half of what a position may have out is for its own lines. */
const maxAsked = maxExiting / 2;

/**
 * Closes a position at the market, all or a part: at the shadow broker at the last tick, in this commit, as far as
 * its model takes from that tick's size.
 */
export function requestClose(
  account: Account,
  { positionId, size, reason, by }: CloseRequest,
  { market, now, minNotional }: CloseContext,
): Result<readonly AccountEvent[], CloseRefusal> {
  const position = account.positions.get(positionId);
  if (position === undefined || position.status === 'closed')
    return refuse({ reason: 'NO_OPEN_POSITION', positionId });
  if (account.trading === 'halted') return refuse({ reason: 'TRADING_HALTED' });
  const full = noRoom('TOO_MANY_EXITS', position.exiting.length, maxAsked);
  if (full !== undefined) return refuse({ ...full, positionId });
  const available = availableQuantity(position);
  const quantity = quantityOf(size, position, available);
  if (!quantity.ok) return quantity;
  if (compare(quantity.value, available) > 0)
    return refuse({
      reason: 'MORE_THAN_AVAILABLE',
      quantity: formatDecimal(quantity.value),
      available: formatDecimal(available),
    });
  const { symbol, broker, contract } = position;
  const price = minNotional === undefined ? undefined : valuationPrice(position, market);
  if (minNotional !== undefined && price !== undefined) {
    const all = { all: available, price, instrument: { contract, minNotional } };
    const small = partBelowMinimum(fieldOf(size), quantity.value, all);
    if (small !== undefined) return refuse(small);
  }
  const order = nextExitOrder(account.accountId, position, quantity.value);
  const requested: AccountEvent = { type: 'CloseRequested', positionId, symbol, order, reason, by };
  const ending = (...events: readonly AccountEvent[]) =>
    ok(whileClosing(account, position, quantity.value, events));
  if (broker !== 'shadow') return ending(requested);
  const prices = market(symbol);
  if (prices.isPaused === true && reason !== 'reset') return refuse({ reason: 'SYMBOL_PAUSED', symbol });
  const tick = tickFor(prices, closingSide(position.side) === 'buy' ? 'ask' : 'bid');
  if (tick === undefined) return refuse({ reason: 'NO_PRICE', symbol });
  const at = Math.max(tick.exchangeAt, Math.round(now));
  return ending(requested, ...fillExit(account, position, { order, reason }, tick, at));
}

function fieldOf(size: CloseSize): 'size' | 'size.share' | 'size.quantity' {
  return size === 'all' ? 'size' : 'share' in size ? 'size.share' : 'size.quantity';
}

function quantityOf(
  size: CloseSize,
  { quantity, lotSize }: PositionState,
  available: Quantity,
): Result<Quantity, CloseRefusal> {
  if (size === 'all')
    return isPositive(available)
      ? ok(available)
      : refuse({ reason: 'MORE_THAN_AVAILABLE', quantity, available: '0' });
  const [field, value] = 'share' in size ? ['share', size.share] : ['quantity', size.quantity];
  const asked = parseDecimal(value);
  if (asked === undefined || !isPositive(asked)) return refuse({ reason: 'NOT_POSITIVE', field, value });
  const exact = 'share' in size ? multiply(decimal(quantity), asked) : asked;
  // What is no whole number of lots as it is, a position that was adopted, leaves nothing behind.
  if ([decimal(quantity), available].some((all) => compare(exact, all) === 0)) return ok(exact);
  const closed =
    lotSize === undefined
      ? roundTo(exact, quantityScale, 'floor')
      : roundToStep(exact, decimal(lotSize), 'floor');
  return isPositive(closed) ? ok(closed) : refuse({ reason: 'NOT_POSITIVE', field, value });
}
