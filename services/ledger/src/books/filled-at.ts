import type { AccountEvent, OrderFilled } from '@bellwether/domain';

/**
 * When a fill happened, epoch milliseconds: as its broker says, else the exchange time of its tick, and of an order that its own
 * commit placed, not before that.
 */
export function filledAt(events: readonly AccountEvent[], fill: OrderFilled): number {
  return fill.filledAt ?? Math.max(fill.tick?.exchangeAt ?? 0, placedAt(events, fill) ?? 0);
}

function placedAt(events: readonly AccountEvent[], { clientOrderId }: OrderFilled): number | undefined {
  const placed = events.find((event) => event.type === 'OrderPlaced' && event.order.id === clientOrderId);
  return placed?.type === 'OrderPlaced' ? placed.order.placedAt : undefined;
}
