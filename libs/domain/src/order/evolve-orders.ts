import type { Account } from '../account/account.ts';
import type { Copies } from '../account/copies.ts';
import type { AccountEvent } from '../account/events.ts';
import { excluding, including } from '../account/id-set.ts';
import { after } from '../market/tick.ts';
import { add, compare, decimal, formatDecimal } from '../units.ts';
import { withFillId } from './fill-ids.ts';
import { type Order, isWorking } from './order.ts';

type OrderEvent = Extract<
  AccountEvent,
  {
    type:
      | 'OrderPlaced'
      | 'OrderTriggered'
      | 'OrderAccepted'
      | 'OrderOutcomeUnknown'
      | 'OrderCancelRequested'
      | 'OrderFilled'
      | 'OrderCancelled'
      | 'OrderExpired'
      | 'OrderRejected';
  }
>;

/** The account's orders after an event of one. What happens to the closing orders of exits changes none. */
export function evolveOrders(account: Account, event: OrderEvent, copies: Copies): Account {
  if (event.type === 'OrderPlaced') {
    const status = event.order.broker === 'shadow' ? 'open' : 'submitted';
    return withOrder(account, { ...event.order, status, filled: '0', isTriggered: false }, copies);
  }
  if ('of' in event && event.of === 'exit') return account;
  const id = event.type === 'OrderFilled' ? event.clientOrderId : event.orderId;
  const order = account.orders.get(id);
  const isOver =
    event.type === 'OrderCancelled' || event.type === 'OrderExpired' || event.type === 'OrderRejected';
  if (order !== undefined) return withOrder(account, evolveOrder(order, event), copies);
  return isOver ? { ...account, workingOrderIds: excluding(account.workingOrderIds, id, copies) } : account;
}

function evolveOrder(order: Order, event: Exclude<OrderEvent, { type: 'OrderPlaced' }>): Order {
  switch (event.type) {
    case 'OrderTriggered':
      return { ...order, isTriggered: true, armedFrom: after(event.tick) };
    case 'OrderAccepted':
      return { ...order, status: 'open', brokerOrderId: event.brokerOrderId };
    case 'OrderOutcomeUnknown':
      return { ...order, status: 'unknown', reason: event.reason };
    case 'OrderFilled': {
      const filled = add(decimal(order.filled), decimal(event.quantity));
      const isWhole = compare(filled, decimal(order.quantity)) >= 0;
      const armedFrom = event.tick === undefined ? order.armedFrom : after(event.tick);
      const status = isWhole ? 'filled' : isWorking(order) ? 'open' : order.status;
      const { brokerFillId } = event;
      return {
        ...order,
        filled: formatDecimal(filled),
        status,
        armedFrom,
        ...(brokerFillId === undefined ? {} : { fillIds: withFillId(order.fillIds, brokerFillId) }),
      };
    }
    case 'OrderCancelRequested':
      return { ...order, cancelRequested: event.by };
    case 'OrderCancelled':
      return { ...order, status: 'cancelled', reason: event.by.reason };
    case 'OrderExpired':
      return { ...order, status: 'expired', reason: 'its time was over' };
    case 'OrderRejected':
      return { ...order, status: 'rejected', reason: event.reason };
  }
}

function withOrder(account: Account, order: Order, copies: Copies): Account {
  const { workingOrderIds } = account;
  return {
    ...account,
    orders: copies.ofMap(account.orders).set(order.id, order),
    workingOrderIds: isWorking(order)
      ? including(workingOrderIds, order.id, copies)
      : excluding(workingOrderIds, order.id, copies),
  };
}
