import type { Account } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { type Result, ok, refuse } from '../result.ts';
import { isPositive, parseDecimal } from '../units.ts';
import type { PriceTrigger } from './price-trigger.ts';

/** How many triggers an account may have active: its document lists them. */
export const maxActiveTriggers = 1_000;

export type ArmRefusal =
  | { readonly reason: 'TOO_MANY_ACTIVE_TRIGGERS'; readonly limit: number }
  | { readonly reason: 'TRIGGER_EXISTS'; readonly triggerId: string }
  | { readonly reason: 'NOT_POSITIVE'; readonly field: string; readonly value: string };

/** Starts watching for a price. A trigger's id is used once. */
export function armTrigger(
  account: Account,
  trigger: Omit<PriceTrigger, 'status'>,
): Result<readonly AccountEvent[], ArmRefusal> {
  if (account.triggers.has(trigger.id) || account.activeTriggerIds.has(trigger.id))
    return refuse({ reason: 'TRIGGER_EXISTS', triggerId: trigger.id });
  if (account.activeTriggerIds.size >= maxActiveTriggers)
    return refuse({ reason: 'TOO_MANY_ACTIVE_TRIGGERS', limit: maxActiveTriggers });
  const price = parseDecimal(trigger.when.price);
  if (price === undefined || !isPositive(price))
    return refuse({ reason: 'NOT_POSITIVE', field: 'when.price', value: trigger.when.price });
  return ok([{ type: 'TriggerArmed', trigger }]);
}
