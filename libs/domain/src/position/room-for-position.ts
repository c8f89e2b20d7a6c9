import type { Account } from '../account/account.ts';

/** How many positions an account may hold open: its document lists them. */
export const maxOpenPositions = 1_000;

export type TooManyOpenPositions = {
  readonly reason: 'TOO_MANY_OPEN_POSITIONS';
  readonly limit: number;
  /** Those that orders are about to open included. */
  readonly open: number;
  readonly by: number;
};

/** Why an account cannot hold a position of this id, too: what waits to open one has its place already. */
export function noRoomForPosition(
  account: Account,
  positionId: string,
  limit = maxOpenPositions,
): TooManyOpenPositions | undefined {
  const open = new Set(account.openPositionIds);
  for (const id of account.workingOrderIds) {
    const order = account.orders.get(id);
    if (order?.purpose.kind === 'enter') open.add(order.positionId);
  }
  if (open.has(positionId) || open.size < limit) return undefined;
  return { reason: 'TOO_MANY_OPEN_POSITIONS', limit, open: open.size, by: open.size + 1 - limit };
}
