import { type Account, evolve } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { explainHold } from '../account/explain-hold.ts';
import { type TickReference, isAtOrAfter } from '../market/tick.ts';
import { type Result, ok, refuse } from '../result.ts';
import { compare, decimal } from '../units.ts';
import { type ActionContext, type ActionRefusal, performAction } from './perform-action.ts';
import type { Condition, Trigger } from './trigger.ts';

/** A line of a trigger that a tick has reached, as the trigger book saw it. */
export interface FiredTrigger {
  readonly triggerId: string;
  /** Which line: as `linesOfTrigger` names it. */
  readonly lineId: string;
  readonly tick: TickReference;
  readonly late: boolean;
  readonly lagMs: number;
}

export type FireRefusal =
  | { readonly reason: 'TRADING_HALTED' | 'TRADING_REDUCING' }
  | { readonly reason: 'NOT_ACTIVE' }
  | { readonly reason: 'BEFORE_ARMED' }
  | { readonly reason: 'LEVEL_NOT_REACHED' };

/**
 * Fires a trigger and does what it is for, in one commit. What it may not do is said by an event, since it
 * has fired all the same. One that only notifies fires in a halted account, too: it executes nothing. What its account's
 * trading does not let execute now stays armed.
 */
export function fireTrigger(
  account: Account,
  fired: FiredTrigger,
  context: ActionContext,
): Result<readonly AccountEvent[], FireRefusal> {
  const { triggerId, lineId, tick, late, lagMs } = fired;
  const trigger = account.triggers.get(triggerId);
  if (trigger?.status !== 'active') return refuse({ reason: 'NOT_ACTIVE' });
  const { symbol, when, armedFrom } = trigger;
  if (!isAtOrAfter(tick, armedFrom)) return refuse({ reason: 'BEFORE_ARMED' });
  const isOver = trigger.expiresAt !== undefined && tick.exchangeAt >= trigger.expiresAt;
  if (isOver) return ok([{ type: 'TriggerExpired', triggerId, symbol, tick }]);
  if (lineId === 'expiry' || !isMet(when, tick)) return refuse({ reason: 'LEVEL_NOT_REACHED' });
  const { kind } = trigger.action;
  const isExecuting = kind !== 'notify' && kind !== 'arm';
  if (isExecuting && account.trading === 'halted') return refuse({ reason: 'TRADING_HALTED' });
  if (kind === 'open' && account.trading === 'reducing') return refuse({ reason: 'TRADING_REDUCING' });

  const rearmedFrom = rearmingOf(trigger, tick);
  const happened: AccountEvent = {
    type: 'TriggerFired',
    triggerId,
    symbol,
    when,
    tick,
    late,
    lagMs,
    ...(rearmedFrom === undefined ? {} : { rearmedFrom }),
  };
  const done = performAction(evolve(account, happened), trigger, tick, context);
  return ok([happened, ...(done.ok ? done.value : [refused(trigger, explainHold(account, done.refusal))])]);
}

/** A move is what the book has measured: its window is not known here. */
function isMet(when: Condition, tick: TickReference): boolean {
  switch (when.kind) {
    case 'price': {
      const fromLevel = compare(decimal(tick.price), decimal(when.price));
      return when.direction === 'above' ? fromLevel >= 0 : fromLevel <= 0;
    }
    case 'time':
      return tick.exchangeAt >= when.at;
    case 'move':
      return true;
  }
}

/** From when it counts again: not at all once it has fired as often as it may, or where it would end before. */
function rearmingOf({ rearm, firings, expiresAt }: Trigger, tick: TickReference) {
  if (rearm === undefined) return undefined;
  if (rearm.times !== undefined && firings + 1 >= rearm.times) return undefined;
  const at = tick.exchangeAt + Math.max(1, rearm.coolDownMs);
  return expiresAt !== undefined && at >= expiresAt ? undefined : { at };
}

function refused({ id, symbol, action }: Trigger, { reason, ...detail }: ActionRefusal): AccountEvent {
  const words = Object.entries(detail).map(([name, value]) => `${name}: ${String(value)}`);
  return {
    type: 'TriggerActionRefused',
    triggerId: id,
    symbol,
    action: action.kind,
    reason,
    detail: words.join(', '),
  };
}
