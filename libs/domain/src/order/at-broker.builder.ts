import { by, tickAt } from '../account/account.builder.ts';
import { type Account, evolve } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { defaultSettings } from '../account/settings.ts';
import { executeExit } from '../position/execute-exit.ts';
import type { Result } from '../result.ts';
import { brokerOrder } from './broker-orders.ts';
import type { BrokerFill, OrderAtBroker } from './broker.ts';
import { recordAtBroker } from './record-at-broker.ts';

/** For specs: an account at a real broker, and what that says. */

export const now = 10_000;

export const atAlpaca: AccountEvent = {
  type: 'AccountConfigured',
  settings: { ...defaultSettings, broker: 'alpaca' },
  ...by,
};

export function accountAfter(
  account: Account,
  decided: Result<readonly AccountEvent[], { reason: string }>,
): Account {
  if (!decided.ok) throw new Error(decided.refusal.reason);
  return decided.value.reduce(evolve, account);
}

export function fill(
  id: string,
  quantity: string,
  price: string,
  more: Partial<BrokerFill> = {},
): BrokerFill {
  return { id, quantity, price, fee: '0', feeCurrency: 'USD', liquidity: 'taker', at: 20_000, ...more };
}

/** What the broker says of an order as we have submitted it. */
export function seen(account: Account, id: string, state: Partial<OrderAtBroker>): OrderAtBroker {
  const ours = brokerOrder(account, id);
  if (ours === undefined) throw new Error(`no order ${id}`);
  const { clientOrderId, symbol, side, quantity, how } = ours.order;
  const order = { clientOrderId, symbol, side, quantity, how };
  return { ...order, brokerOrderId: 'b-1', status: 'working', fills: [], ...state };
}

/** After the broker has shown an order so. */
export function recorded(account: Account, id: string, state: Partial<OrderAtBroker>): Account {
  return accountAfter(account, recordAtBroker(account, id, seen(account, id, state), { now }));
}

/** After a line of the position p1 was reached. */
export function fired(account: Account, lineId: string, price: string, level = price): Account {
  const tick = tickAt(price, { ordinal: 20 });
  const decided = executeExit(account, {
    positionId: 'p1',
    lineId,
    level,
    tick,
    late: false,
    lagMs: 0,
  });
  return accountAfter(account, decided);
}
