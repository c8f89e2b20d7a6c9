import type { Account } from '../account/account.ts';
import { type NoRoom, noRoom } from '../account/caps.ts';
import type { AccountEvent } from '../account/events.ts';
import type { ArmedFrom } from '../market/tick.ts';
import { type ExitsCheckRefusal, checkExits } from '../order/check-exits.ts';
import { mostPercentDown } from '../position/percent.ts';
import { impossibleExits } from '../position/resolve-exits.ts';
import { type Result, ok, refuse } from '../result.ts';
import { compare, decimal, isPositive, parseDecimal } from '../units.ts';
import type { Condition, TriggerSpec, TriggerTerms } from './trigger.ts';

/** How many triggers an account may have active: its document lists them. */
export const maxActiveTriggers = 1_000;

export type ArmRefusal =
  | NoRoom<'TOO_MANY_ACTIVE_TRIGGERS'>
  | { readonly reason: 'TRIGGER_EXISTS'; readonly triggerId: string }
  | EntryRefusal;

/** Of what it opens or amends. */
type EntryRefusal = Exclude<ExitsCheckRefusal, { readonly reason: 'NO_PRICE' }>;

/** Starts watching for a condition. A trigger's id is used once. */
export function armTrigger(
  account: Account,
  trigger: TriggerTerms,
): Result<readonly AccountEvent[], ArmRefusal> {
  if (account.triggers.has(trigger.id) || account.activeTriggerIds.has(trigger.id))
    return refuse({ reason: 'TRIGGER_EXISTS', triggerId: trigger.id });
  const full = noRoom('TOO_MANY_ACTIVE_TRIGGERS', account.activeTriggerIds.size, maxActiveTriggers);
  if (full !== undefined) return refuse(full);
  for (const [field, value] of amountsOf(trigger.when)) {
    const amount = parseDecimal(value);
    if (amount === undefined || !isPositive(amount)) return refuse({ reason: 'NOT_POSITIVE', field, value });
  }
  const { when } = trigger;
  if (when.kind === 'move' && when.direction === 'down') {
    const range = `at most ${mostPercentDown}`;
    if (compare(decimal(when.percent), decimal(mostPercentDown)) > 0)
      return refuse({ reason: 'OUT_OF_RANGE', field: 'when.percent', value: when.percent, range });
  }
  const impossible = impossibleEntry(account, trigger, trigger.armedFrom);
  return impossible === undefined ? ok([{ type: 'TriggerArmed', trigger }]) : refuse(impossible);
}

/** Why the entry that a trigger opens, or one that it arms, can never be taken, as far as that is known before it fires. */
function impossibleEntry(
  account: Account,
  { action }: TriggerSpec,
  armedFrom: ArmedFrom,
): EntryRefusal | undefined {
  if (action.kind === 'arm') return impossibleEntry(account, action.trigger, armedFrom);
  if (action.kind === 'amend') return impossibleExits(action.exits);
  if (action.kind !== 'open' || action.entry.exits === undefined) return undefined;
  const { entry } = action;
  const unknown = { now: 0, armedFrom, prices: {}, last: undefined };
  const refusal = checkExits(account, entry, action.entry.exits, unknown);
  return refusal?.reason === 'NO_PRICE' ? undefined : refusal;
}

function amountsOf(when: Condition): [string, string][] {
  switch (when.kind) {
    case 'price':
      return [['when.price', when.price]];
    case 'move':
      return [
        ['when.percent', when.percent],
        ['when.windowMs', String(when.windowMs)],
      ];
    case 'time':
      return [];
  }
}
