import type { Account } from '../account/account.ts';
import type { OrderOf } from '../account/events.ts';
import { shadowBroker } from '../account/settings.ts';
import type { Contract } from '../market/instrument.ts';
import type { Position, WorkingExit } from '../position/position.ts';
import { decimal, formatDecimal, subtract } from '../units.ts';
import type { OrderToSubmit } from './broker.ts';
import { type Order, isWorking } from './order.ts';

/** What the journal wants a real broker to have: an order of its own, or the closing order of an exit. */
export interface BrokerOrder {
  readonly of: OrderOf;
  readonly order: OrderToSubmit;
  readonly positionId: string;
  readonly contract: Contract;
  /** `ended`: nothing more is wanted of it; fills that come late are recorded still. */
  readonly status: 'submitted' | 'open' | 'unknown' | 'ended';
  /** What is recorded of its fills, decimal text. */
  readonly filled: string;
  readonly fillIds: readonly string[];
  readonly brokerOrderId?: string;
  /** How the broker names it, where that is not made of our id: it was adopted. */
  readonly brokerClientId?: string;
  readonly isCancelRequested: boolean;
  /** Nothing of it has filled before, epoch milliseconds; absent of an order that was adopted. */
  readonly since?: number;
}

/**
 * The orders of an account that are to be at a real broker, exits first: as far as its positions and orders
 * are loaded.
 */
export function brokerOrders(account: Account): readonly BrokerOrder[] {
  const exits = [...account.positions.values()]
    .filter(({ broker }) => broker !== shadowBroker)
    .flatMap((position) => position.exiting.map((exit) => ofExit(position, exit)));
  const orders = [...account.workingOrderIds].flatMap((id) => {
    const order = account.orders.get(id);
    return order === undefined || order.broker === shadowBroker ? [] : [ofOrder(order)];
  });
  return [...exits, ...orders];
}

/** One of them by its client order id; also an order of its own that is over, as long as it is loaded. */
export function brokerOrder(account: Account, clientOrderId: string): BrokerOrder | undefined {
  const order = account.orders.get(clientOrderId);
  if (order !== undefined) return order.broker === shadowBroker ? undefined : ofOrder(order);
  return brokerOrders(account).find((each) => each.order.clientOrderId === clientOrderId);
}

function ofOrder(order: Order): BrokerOrder {
  const { id: clientOrderId, symbol, side, quantity, how, timeInForce, purpose, brokerOrderId } = order;
  const { positionId, contract, filled, fillIds = [], status, brokerClientId, placedAt: since } = order;
  return {
    of: 'order',
    order: {
      clientOrderId,
      symbol,
      side,
      quantity,
      how,
      timeInForce,
      isReducing: purpose.kind === 'reduce',
    },
    positionId,
    contract,
    status: isWorking(order) ? liveStatus(status) : 'ended',
    filled,
    fillIds,
    ...(brokerOrderId === undefined ? {} : { brokerOrderId }),
    ...(brokerClientId === undefined ? { since } : { brokerClientId }),
    isCancelRequested: order.cancelRequested !== undefined,
  };
}

function liveStatus(status: Order['status']): 'submitted' | 'open' | 'unknown' {
  return status === 'submitted' || status === 'unknown' ? status : 'open';
}

function ofExit(position: Position, exit: WorkingExit): BrokerOrder {
  const { id: positionId, symbol, contract, openedAt: since } = position;
  const { order, ordered: quantity, status, fillIds, brokerOrderId } = exit;
  const { clientOrderId, side } = order;
  return {
    of: 'exit',
    order: {
      clientOrderId,
      symbol,
      side,
      quantity,
      how: { kind: 'market' },
      timeInForce: 'gtc',
      isReducing: true,
    },
    positionId,
    contract,
    status,
    filled: formatDecimal(subtract(decimal(quantity), decimal(order.quantity))),
    fillIds,
    ...(brokerOrderId === undefined ? {} : { brokerOrderId }),
    isCancelRequested: false,
    since,
  };
}
