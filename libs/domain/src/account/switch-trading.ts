import { type Result, ok, refuse } from '../result.ts';
import type { Account, TradingState } from './account.ts';
import type { AccountEvent, Actor, HaltScope, TradingHalted, TradingReduced } from './events.ts';

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
  /** Of `halted`: closes every position first. */
  readonly flatten?: boolean;
}

export type HaltRefusal = { readonly reason: 'ENDS_BEFORE_NOW'; readonly until: number };

/**
 * Holds the account in a scope: halted, nothing executes until it is resumed; reducing, only what makes
 * positions smaller. With `flatten` it is reducing until every position is closed, and halted then. Where the
 * scope holds it so already, nothing changes.
 */
export function haltTrading(
  account: Account,
  { actor, reason, state = 'halted', scope = 'account', until, flatten = false }: HaltRequest,
  { now }: { readonly now: number },
): Result<readonly AccountEvent[], HaltRefusal> {
  if (until !== undefined && until <= now) return refuse({ reason: 'ENDS_BEFORE_NOW', until });
  const event = holdOf(account, { actor, reason, state, flatten, ...scopeOf(scope), ...untilOf(until) });
  const wanted = event.type === 'TradingHalted' ? 'halted' : 'reducing';
  const hold = account.holds.find((each) => each.scope === scope);
  const isSo =
    hold?.state === wanted && hold.until === until && (hold.flatten ?? false) === isFlattening(event);
  return ok(isSo ? [] : [event]);
}

/** What a scope wider than an account says about trading, as of one entry of its journal. */
export interface ScopeTrading extends Actor {
  readonly scope: Exclude<HaltScope, 'account'>;
  readonly seq: number;
  readonly state: TradingState;
  readonly until?: number;
  readonly flatten?: boolean;
}

/** What makes an account do as its scope says: nothing where it has followed that entry, or a later one. */
export function followScope(account: Account, said: ScopeTrading): readonly AccountEvent[] {
  const { scope, seq, state, actor, reason, until, flatten = false } = said;
  if ((account.scopeSeqs[scope] ?? 0) >= seq) return [];
  const by = { actor, reason, scope, scopeSeq: seq };
  if (state === 'active') return [{ type: 'TradingResumed', ...by }];
  return [holdOf(account, { ...by, state, flatten, ...untilOf(until) })];
}

/** The actor of what ended by itself. */
export const expiryActor = 'expiry';

/** Until when the account's own hold lasts; a hold of a wider scope ends when that scope's journal says so. */
export function holdEndsAt({ holds }: Pick<Account, 'holds'>): number | undefined {
  return holds.find(({ scope }) => scope === 'account')?.until;
}

/** Ends the account's own hold when its time is over. @param now epoch milliseconds. */
export function expireHold(account: Account, now: number): readonly AccountEvent[] {
  const endsAt = holdEndsAt(account);
  if (endsAt === undefined || endsAt > now) return [];
  const reason = account.holds.find(({ scope }) => scope === 'account')?.reason ?? '';
  return [{ type: 'TradingResumed', actor: expiryActor, reason }];
}

function holdOf(
  { openPositionIds, workingOrderIds }: Account,
  {
    state,
    flatten,
    ...said
  }: Actor & {
    readonly state: 'halted' | 'reducing';
    readonly flatten: boolean;
    readonly scope?: HaltScope;
    readonly scopeSeq?: number;
    readonly until?: number;
  },
): TradingHalted | TradingReduced {
  const isFlat = openPositionIds.size === 0 && workingOrderIds.size === 0;
  return state === 'halted' && (!flatten || isFlat)
    ? { type: 'TradingHalted', ...said }
    : { type: 'TradingReduced', ...said, flatten };
}

function isFlattening(event: TradingHalted | TradingReduced): boolean {
  return event.type === 'TradingReduced' && event.flatten;
}

/** The account's own scope is not named: so it was stored before there were others. */
function scopeOf(scope: HaltScope): { scope?: HaltScope } {
  return scope === 'account' ? {} : { scope };
}

function untilOf(until: number | undefined): { until?: number } {
  return until === undefined ? {} : { until };
}
