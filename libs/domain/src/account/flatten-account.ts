import type { Market } from '../market/symbol-prices.ts';
import { cancelOrder } from '../order/cancel-order.ts';
import { type Order, isWorking } from '../order/order.ts';
import type { Position } from '../position/position.ts';
import { requestClose } from '../position/request-close.ts';
import { AccountFold } from './account-fold.ts';
import type { Account, TradingHold } from './account.ts';
import type { AccountEvent, TradingHalted } from './events.ts';

/** One step of a flatten. */
export interface FlattenStep {
  readonly events: readonly AccountEvent[];
  /** Symbols of positions that cannot be closed yet because nobody here knows a price that counts. */
  readonly waiting: readonly string[];
  /** True when the bound of the step was reached: the next step goes on at once. */
  readonly hasMore: boolean;
}

/** The hold that closes the account's positions; `undefined` where none does. */
export function flatteningHold({ holds }: Pick<Account, 'holds'>): TradingHold | undefined {
  return holds.find(({ state, flatten = false }) => state === 'reducing' && flatten);
}

/**
 * Goes on with a flatten: cancels orders that would enter, closes positions at the market, and halts the
 * account once it is flat and nothing can enter any more: an order at a real broker is to be cancelled there first. While
 * another hold has halted it, nothing is closed: halted is halted.
 *
 * @param most events of one step, about. Positions and working orders must be loaded, all of them.
 * @param mayAsk of a position: whether it is to be closed in this step; what a broker has just refused may rest.
 */
export function flattenAccount(
  account: Account,
  {
    market,
    now,
    most,
    mayAsk = () => true,
  }: {
    readonly market: Market;
    readonly now: number;
    readonly most: number;
    readonly mayAsk?: (position: Position) => boolean;
  },
): FlattenStep {
  const hold = flatteningHold(account);
  if (hold === undefined) return { events: [], waiting: [], hasMore: false };
  const { actor, reason } = hold;
  const by = { actor, reason };
  const cancelling = [...account.orders.values()].filter(
    (order) => isEntering(order) && order.cancelRequested === undefined,
  );
  const events = cancelling.slice(0, most).flatMap(({ id: orderId }): readonly AccountEvent[] => {
    const cancelled = cancelOrder(account, { orderId, by });
    return cancelled.ok ? cancelled.value : [];
  });
  const fold = new AccountFold(account);
  fold.apply(events);
  let left = most - events.length;
  const waiting = new Set<string>();
  for (const positionId of account.openPositionIds) {
    if (left <= 0) return { events, waiting: [...waiting], hasMore: true };
    const position = fold.account.positions.get(positionId);
    if (position !== undefined && !mayAsk(position)) continue;
    const closed = requestClose(
      fold.account,
      { positionId, size: 'all', reason: 'flatten', by },
      { market, now },
    );
    if (!closed.ok) {
      // Everything else that is in its way ends with an event of the account.
      const { refusal } = closed;
      if (refusal.reason === 'NO_PRICE' || refusal.reason === 'SYMBOL_PAUSED') waiting.add(refusal.symbol);
      continue;
    }
    events.push(...closed.value);
    fold.apply(closed.value);
    left -= closed.value.length;
  }
  const hasMore = cancelling.length > most;
  const mayEnter = [...fold.account.orders.values()].some(isEntering);
  if (fold.account.openPositionIds.size > 0 || mayEnter) return { events, waiting: [...waiting], hasMore };
  return { events: [...events, haltOnceFlat(hold)], waiting: [], hasMore: false };
}

function isEntering(order: Order): boolean {
  return order.purpose.kind === 'enter' && isWorking(order);
}

function haltOnceFlat({ actor, reason, scope, until }: TradingHold): TradingHalted {
  return {
    type: 'TradingHalted',
    actor,
    reason,
    ...(scope === 'account' ? {} : { scope }),
    ...(until === undefined ? {} : { until }),
  };
}
