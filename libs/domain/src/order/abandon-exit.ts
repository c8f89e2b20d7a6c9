import type { Account } from '../account/account.ts';
import type { AccountEvent, Actor } from '../account/events.ts';
import { type Result, ok, refuse } from '../result.ts';
import { settled } from './compare-with-broker.ts';
import { recordWithdrawal, type RecordContext } from './record-at-broker.ts';

export interface Abandonment {
  /** The client order id of the closing order. */
  readonly orderId: string;
  readonly by: Actor;
}

/** It is not shown as an order that the broker does not know: what it knows of is cancelled there. */
export type AbandonRefusal = {
  readonly reason: 'NOT_AN_ORPHANED_EXIT';
  readonly orderId: string;
};

/**
 * Gives up the closing order of an exit that the broker had accepted and does not know any more: the exit's line
 * counts again, so that the position is protected. Should the order turn up after all, it is shown as an external one.
 */
export function abandonExit(
  account: Account,
  { orderId, by }: Abandonment,
  context: RecordContext,
): Result<readonly AccountEvent[], AbandonRefusal> {
  const orphan = account.brokerDifferences.find(
    (each) => each.kind === 'orphan' && each.of === 'exit' && each.orderId === orderId,
  );
  const ended = orphan && recordWithdrawal(account, orderId, context, by);
  if (ended?.ok !== true || ended.value.length === 0)
    return refuse({ reason: 'NOT_AN_ORPHANED_EXIT', orderId });
  return ok([...ended.value, ...(orphan === undefined ? [] : [settled(orphan)])]);
}
