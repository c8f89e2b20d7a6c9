import type { Account } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { type TickReference, isAtOrAfter } from '../market/tick.ts';
import { type Result, ok, refuse } from '../result.ts';
import { compare, decimal } from '../units.ts';

/** A trigger whose price a tick has reached, as the trigger book saw it. */
export interface FiredTrigger {
  readonly triggerId: string;
  readonly tick: TickReference;
  readonly late: boolean;
  readonly lagMs: number;
}

export type FireRefusal =
  | { readonly reason: 'NOT_ACTIVE' }
  | { readonly reason: 'BEFORE_ARMED' }
  | { readonly reason: 'LEVEL_NOT_REACHED' };

/** Fires a trigger once. A trigger that only notifies fires in a halted account, too: it executes nothing. */
export function fireTrigger(
  account: Account,
  fired: FiredTrigger,
): Result<readonly AccountEvent[], FireRefusal> {
  const trigger = account.triggers.get(fired.triggerId);
  if (trigger?.status !== 'active') return refuse({ reason: 'NOT_ACTIVE' });
  if (!isAtOrAfter(fired.tick, trigger.armedFrom)) return refuse({ reason: 'BEFORE_ARMED' });
  const fromLevel = compare(decimal(fired.tick.price), decimal(trigger.when.price));
  if (trigger.when.direction === 'above' ? fromLevel < 0 : fromLevel > 0)
    return refuse({ reason: 'LEVEL_NOT_REACHED' });
  const { tick, late, lagMs } = fired;
  return ok([
    {
      type: 'TriggerFired',
      triggerId: trigger.id,
      symbol: trigger.symbol,
      when: trigger.when,
      tick,
      late,
      lagMs,
    },
  ]);
}
