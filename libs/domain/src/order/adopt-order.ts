import type { Account } from '../account/account.ts';
import { noRoom } from '../account/caps.ts';
import type { AccountEvent } from '../account/events.ts';
import { tickFor } from '../market/symbol-prices.ts';
import type { PriceSource } from '../market/tick.ts';
import type { ExitsSpec } from '../position/exits-spec.ts';
import { noRoomForPosition } from '../position/room-for-position.ts';
import { type Result, ok, refuse } from '../result.ts';
import { compare, decimal, formatDecimal, isPositive, negate, subtract, zero } from '../units.ts';
import { positionDifference } from './broker-difference.ts';
import { checkExits } from './check-exits.ts';
import { adoptedFrom, settled } from './compare-with-broker.ts';
import {
  type PlaceRefusal,
  type PlacingContext,
  entryClash,
  maxWorkingOrders,
  noRoomToEnter,
  termsOf,
} from './place-order.ts';

/** Which of the broker's orders it is, and what its fills shall become. */
export interface OrderAdoption {
  readonly brokerOrderId: string;
  readonly symbol: string;
  /** The position that its fills open or add to: long where it buys, short where it sells. */
  readonly positionId: string;
  readonly priceSource: PriceSource;
  readonly exits?: ExitsSpec;
}

export type AdoptOrderRefusal =
  /** No order of this id and symbol is shown as the broker's own. */
  | { readonly reason: 'NOT_AN_EXTERNAL_ORDER'; readonly brokerOrderId: string; readonly symbol: string }
  /** What it has filled is not shown as missing here: it is part of a position already, or not compared yet. */
  | { readonly reason: 'FILLS_NOT_MISSING'; readonly filled: string; readonly missing: string }
  | PlaceRefusal;

/**
 * Takes over an order that somebody placed at the broker, as one that enters: what it has filled by now, and will
 * fill, opens its position or adds to it. No limit is checked, since it works already. Exits are checked at the price that it
 * names, or at the last one.
 *
 * @param orderName unique in the account.
 */
export function adoptOrder(
  account: Account,
  orderName: string,
  adoption: OrderAdoption,
  context: PlacingContext,
): Result<readonly AccountEvent[], AdoptOrderRefusal> {
  const { brokerOrderId, symbol, positionId, priceSource, exits } = adoption;
  const found = account.brokerDifferences.find(
    (each) => each.kind === 'externalOrder' && each.brokerOrderId === brokerOrderId,
  );
  if (found?.kind !== 'externalOrder' || found.symbol !== symbol)
    return refuse({ reason: 'NOT_AN_EXTERNAL_ORDER', brokerOrderId, symbol });
  const id = `${account.accountId}.${orderName}`;
  if (account.orders.has(id) || account.workingOrderIds.has(id))
    return refuse({ reason: 'ORDER_EXISTS', orderId: id });
  const full =
    noRoom('TOO_MANY_WORKING_ORDERS', account.workingOrderIds.size, maxWorkingOrders) ??
    noRoomToEnter(account, positionId) ??
    noRoomForPosition(account, positionId);
  if (full !== undefined) return refuse(full);
  const { side: orderSide, how, quantity, brokerClientId } = found;
  const side = orderSide === 'buy' ? 'long' : 'short';
  const clash = entryClash(account, { positionId, symbol, side });
  if (clash !== undefined) return refuse(clash);
  const filled = decimal(found.filled);
  const net = positionDifference(account, symbol);
  const added = net === undefined ? zero : subtract(decimal(net.theirs), decimal(net.ours));
  const missing = side === 'long' ? added : negate(added);
  if (isPositive(filled) && compare(missing, filled) < 0)
    return refuse({
      reason: 'FILLS_NOT_MISSING',
      filled: formatDecimal(filled),
      missing: formatDecimal(isPositive(missing) ? missing : zero),
    });
  if (exits !== undefined) {
    const prices = context.market(symbol);
    const last = tickFor(prices, side === 'long' ? 'ask' : 'bid');
    const entry = { positionId, symbol, side, how, quantity, priceSource } as const;
    const impossible = checkExits(account, entry, exits, { ...context, prices, last });
    if (impossible !== undefined) return refuse(impossible);
  }
  const accounted =
    net !== undefined && isPositive(filled)
      ? [adoptedFrom(net, side === 'long' ? filled : negate(filled))]
      : [];
  return ok([
    {
      type: 'OrderPlaced',
      order: {
        ...termsOf(account, orderName, { ...adoption, how, quantity, timeInForce: 'gtc' }, context),
        side: orderSide,
        purpose: { kind: 'enter', side, ...(exits === undefined ? {} : { exits }) },
        brokerClientId,
      },
    },
    { type: 'OrderAccepted', orderId: id, symbol, brokerOrderId },
    settled(found),
    ...accounted,
  ]);
}
