import type { Position, Signal, Trigger } from '@bellwether/domain';

/**
 * Positions, triggers and signals lie with their user, and so may be another account's. Such an id is used up, and what stands for
 * it here is over: nothing is decided about it, and its document is never written.
 */

export function positionOfAnother(position: Position): Position {
  const { entryPrice, openedAt } = position;
  const nothing = { realizedPnl: '0', fees: {}, funding: '0', reducing: [], exiting: [] };
  const ended = { status: 'closed', reason: 'manual', exitPrice: entryPrice, closedAt: openedAt } as const;
  return { ...position, ...nothing, ...ended };
}

export function triggerOfAnother(trigger: Trigger): Trigger {
  return { ...trigger, status: 'cancelled' };
}

export function signalOfAnother(signal: Signal): Signal {
  return { ...signal, status: 'closed' };
}
