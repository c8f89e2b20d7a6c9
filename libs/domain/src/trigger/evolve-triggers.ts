import type { Account } from '../account/account.ts';
import type { Copies } from '../account/copies.ts';
import type { AccountEvent } from '../account/events.ts';
import { excluding, including } from '../account/id-set.ts';
import type { Trigger } from './trigger.ts';

type TriggerEvent = Extract<
  AccountEvent,
  {
    type: 'TriggerArmed' | 'TriggerFired' | 'TriggerActionRefused' | 'TriggerDisarmed' | 'TriggerExpired';
  }
>;

/** The account's triggers after an event of one. */
export function evolveTriggers(account: Account, event: TriggerEvent, copies: Copies): Account {
  if (event.type === 'TriggerArmed')
    return withTrigger(account, { ...event.trigger, status: 'active', firings: 0 }, copies);
  if (event.type === 'TriggerActionRefused') return account;
  const trigger = account.triggers.get(event.triggerId);
  if (trigger !== undefined) return withTrigger(account, evolveTrigger(trigger, event), copies);
  const isOver = event.type !== 'TriggerFired' || event.rearmedFrom === undefined;
  return isOver
    ? { ...account, activeTriggerIds: excluding(account.activeTriggerIds, event.triggerId, copies) }
    : account;
}

function evolveTrigger(
  trigger: Trigger,
  event: Exclude<TriggerEvent, { type: 'TriggerArmed' | 'TriggerActionRefused' }>,
): Trigger {
  switch (event.type) {
    case 'TriggerFired': {
      const firings = trigger.firings + 1;
      const { rearmedFrom } = event;
      return rearmedFrom === undefined
        ? { ...trigger, firings, status: 'fired' }
        : { ...trigger, firings, armedFrom: rearmedFrom };
    }
    case 'TriggerDisarmed':
      return { ...trigger, status: 'cancelled' };
    case 'TriggerExpired':
      return { ...trigger, status: 'expired' };
  }
}

function withTrigger(account: Account, trigger: Trigger, copies: Copies): Account {
  const { activeTriggerIds } = account;
  return {
    ...account,
    triggers: copies.ofMap(account.triggers).set(trigger.id, trigger),
    activeTriggerIds:
      trigger.status === 'active'
        ? including(activeTriggerIds, trigger.id, copies)
        : excluding(activeTriggerIds, trigger.id, copies),
  };
}
