import type { Account } from '../account/account.ts';
import type { AccountEvent, Actor } from '../account/events.ts';
import { shadowBroker } from '../account/settings.ts';
import { type Result, ok, refuse } from '../result.ts';
import { isWorking } from './order.ts';

export type CancelRefusal = { readonly reason: 'NOT_WORKING'; readonly orderId: string };

/** Ends an order that rests at the shadow broker. One at another broker is to be cancelled there first. */
export function cancelOrder(
  account: Account,
  { orderId, by }: { readonly orderId: string; readonly by: Actor },
): Result<readonly AccountEvent[], CancelRefusal> {
  const order = account.orders.get(orderId);
  if (order === undefined || !isWorking(order)) return refuse({ reason: 'NOT_WORKING', orderId });
  const { symbol, positionId, broker, cancelRequested } = order;
  if (broker !== shadowBroker)
    return ok(cancelRequested === undefined ? [{ type: 'OrderCancelRequested', orderId, symbol, by }] : []);
  return ok([{ type: 'OrderCancelled', of: 'order', orderId, symbol, positionId, by }]);
}
