import { type Result, ok, refuse } from '../result.ts';
import type { Account } from './account.ts';
import type { AccountEvent, Actor, HaltScope } from './events.ts';

/**
 * Ends the hold of a scope: what holds the account in other scopes goes on. Where nothing holds it, nothing
 * changes.
 */
export function resumeTrading(
  account: Account,
  { actor, reason, scope = 'account' }: Actor & { readonly scope?: HaltScope },
): Result<readonly AccountEvent[], never> {
  const isHeld = account.holds.some((hold) => hold.scope === scope);
  return ok(isHeld ? [{ type: 'TradingResumed', actor, reason, ...scopeOf(scope) }] : []);
}

export interface HaltRequest extends Actor {
  readonly state?: 'halted' | 'reducing';
  readonly scope?: HaltScope;
  /** When it ends by itself, epoch milliseconds. */
  readonly until?: number;
}

export type HaltRefusal = { readonly reason: 'ENDS_BEFORE_NOW'; readonly until: number };

/**
 * Holds the account in a scope: halted, nothing executes until it is resumed; reducing, only what makes
 * positions smaller. Where the scope holds it so already, nothing changes.
 */
export function haltTrading(
  account: Account,
  { actor, reason, state = 'halted', scope = 'account', until }: HaltRequest,
  { now }: { readonly now: number },
): Result<readonly AccountEvent[], HaltRefusal> {
  if (until !== undefined && until <= now) return refuse({ reason: 'ENDS_BEFORE_NOW', until });
  const hold = account.holds.find((each) => each.scope === scope);
  if (hold?.state === state && hold.until === until) return ok([]);
  const said = { actor, reason, ...scopeOf(scope), ...(until === undefined ? {} : { until }) };
  return ok([
    state === 'halted'
      ? { type: 'TradingHalted', ...said }
      : { type: 'TradingReduced', ...said, flatten: false },
  ]);
}

/** The account's own scope is not named: so it was stored before there were others. */
function scopeOf(scope: HaltScope): { scope?: HaltScope } {
  return scope === 'account' ? {} : { scope };
}
