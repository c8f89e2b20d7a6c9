import type { Account } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { cancelOrder } from './cancel-order.ts';

type Ending = 'its position is closed' | 'its position is being closed';

/**
 * Ends what would enter a position that is closed, or all of which is being closed: an entry that has filled in part, and others
 * that wait to add to it. At a real broker each is to be cancelled there first; what fills until then adds to the position, or opens
 * it again, with its exits.
 *
 * @param account with its working orders loaded.
 */
export function endEntries(account: Account, positionId: string, reason: Ending): readonly AccountEvent[] {
  const by = { actor: 'bellwether', reason };
  return entriesInto(account, positionId).flatMap((orderId) => {
    const cancelled = cancelOrder(account, { orderId, by });
    return cancelled.ok ? cancelled.value : [];
  });
}

/** The ids of the working orders that would open a position, or add to it. */
export function entriesInto({ orders, workingOrderIds }: Account, positionId: string): readonly string[] {
  if (workingOrderIds.size === 0) return [];
  return [...workingOrderIds].filter((id) => {
    const order = orders.get(id);
    return order?.positionId === positionId && order.purpose.kind === 'enter';
  });
}
