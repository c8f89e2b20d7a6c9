import type { Account } from '../account/account.ts';
import type { AccountEvent, Actor } from '../account/events.ts';
import { type Result, ok, refuse } from '../result.ts';

export type DisarmRefusal = { readonly reason: 'NOT_ACTIVE'; readonly triggerId: string };

/** Takes a trigger back before it fires. */
export function disarmTrigger(
  account: Account,
  { triggerId, by }: { readonly triggerId: string; readonly by: Actor },
): Result<readonly AccountEvent[], DisarmRefusal> {
  const trigger = account.triggers.get(triggerId);
  if (trigger?.status !== 'active') return refuse({ reason: 'NOT_ACTIVE', triggerId });
  return ok([{ type: 'TriggerDisarmed', triggerId, symbol: trigger.symbol, by }]);
}
