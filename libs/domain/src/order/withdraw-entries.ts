import type { Account } from '../account/account.ts';
import type { AccountEvent, Actor } from '../account/events.ts';
import { shadowBroker } from '../account/settings.ts';
import { becauseOf, entryHold } from '../risk/entry-hold.ts';
import { cancelOrder } from './cancel-order.ts';
import { isWorking } from './order.ts';

/**
 * Asks a real broker to cancel what would enter while it may not: it fills there, whatever the account's trading and limits
 * say. At the shadow broker such an order waits for its price, and is looked at then.
 *
 * @param account with its working orders loaded.
 * @param now epoch milliseconds.
 * @param most of them at once.
 */
export function withdrawEntries(account: Account, now: number, most: number): readonly AccountEvent[] {
  const events: AccountEvent[] = [];
  for (const order of account.orders.values()) {
    if (events.length >= most) break;
    if (order.broker === shadowBroker || order.purpose.kind !== 'enter') continue;
    if (!isWorking(order) || order.cancelRequested !== undefined) continue;
    const by = heldBy(account, order.symbol, now);
    const asked = by && cancelOrder(account, { orderId: order.id, by });
    if (asked?.ok === true) events.push(...asked.value);
  }
  return events;
}

/** Who holds entries into a symbol, and why; `undefined` where nothing does. */
function heldBy(account: Account, symbol: string, now: number): Actor | undefined {
  const { trading, holds } = account;
  const hold = holds.find(({ state }) => state === trading);
  if (hold !== undefined) return { actor: hold.actor, reason: hold.reason };
  const limit = entryHold(account, symbol, now);
  return limit && { actor: 'bellwether', reason: becauseOf(limit) };
}
