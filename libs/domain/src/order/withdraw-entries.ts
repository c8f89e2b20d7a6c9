import type { Account } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { shadowBroker } from '../account/settings.ts';
import { cancelOrder } from './cancel-order.ts';
import { isWorking } from './order.ts';

/**
 * Asks a real broker to cancel what would enter while the account is held: it fills there, whatever the account's trading
 * says, and opens what no exit may close. At the shadow broker such an order waits.
 *
 * @param account with its working orders loaded.
 * @param most of them at once.
 */
export function withdrawEntries(account: Account, most: number): readonly AccountEvent[] {
  const { trading, holds, orders } = account;
  const hold = holds.find(({ state }) => state === trading);
  if (hold === undefined) return [];
  const { actor, reason } = hold;
  return [...orders.values()]
    .filter(({ broker, purpose }) => broker !== shadowBroker && purpose.kind === 'enter')
    .filter((order) => isWorking(order) && order.cancelRequested === undefined)
    .slice(0, most)
    .flatMap(({ id: orderId }) => {
      const asked = cancelOrder(account, { orderId, by: { actor, reason } });
      return asked.ok ? asked.value : [];
    });
}
