import type { Commit } from '@bellwether/contracts';
import type { AccountEvent, AccountEventType } from '@bellwether/domain';

const told: ReadonlySet<AccountEventType> = new Set([
  'PositionOpened',
  'PositionIncreased',
  'PositionReduced',
  'PositionClosed',
  'TriggerFired',
  'TriggerActionRefused',
  'LimitTripped',
]);

/** Whether somebody is told of the event while a tape plays. */
export function isTold({ type }: AccountEvent): boolean {
  return told.has(type);
}

/** Which event of its commit tells of an execution: what an order has filled is told by what that did to its position. */
export function toldBy({ events }: Commit, index: number): number {
  const event = events[index];
  if (event?.type !== 'OrderFilled' || event.of !== 'order') return index;
  const found = events.findIndex((other, at) => at > index && orderOf(other) === event.clientOrderId);
  return found === -1 ? index : found;
}

function orderOf(event: AccountEvent): string | undefined {
  if (event.type === 'PositionOpened' || event.type === 'PositionIncreased') return event.orderId;
  if (event.type === 'PositionReduced' || event.type === 'PositionClosed') return event.clientOrderId;
  return undefined;
}
