import type { Account } from '../account/account.ts';
import { type NoRoom, noRoom } from '../account/caps.ts';
import type { AccountEvent, Actor } from '../account/events.ts';
import { type Result, ok, refuse } from '../result.ts';
import { isInForce } from './evolve-risk.ts';
import { maxLocks } from './risk-state.ts';

export interface LockRequest extends Actor {
  readonly symbol: string;
  /** When it ends by itself, epoch milliseconds. */
  readonly until?: number;
}

export type LockRefusal =
  | { readonly reason: 'ENDS_BEFORE_NOW'; readonly until: number }
  | NoRoom<'TOO_MANY_LOCKS'>;

/**
 * Lets nothing enter into a symbol until it is unlocked, or until a moment. Exits go on. A lock that is
 * there already gets the new end and reason; where nothing differs, nothing changes.
 */
export function lockSymbol(
  account: Account,
  { symbol, actor, reason, until }: LockRequest,
  { now }: { readonly now: number },
): Result<readonly AccountEvent[], LockRefusal> {
  if (until !== undefined && until <= now) return refuse({ reason: 'ENDS_BEFORE_NOW', until });
  const inForce = account.risk.locks.filter((lock) => isInForce(lock, now));
  const lock = inForce.find((each) => each.symbol === symbol);
  if (lock?.until === until && lock?.actor === actor && lock.reason === reason) return ok([]);
  const full = lock === undefined ? noRoom('TOO_MANY_LOCKS', inForce.length, maxLocks) : undefined;
  if (full !== undefined) return refuse(full);
  const end = until === undefined ? {} : { until };
  return ok([{ type: 'SymbolLocked', symbol, at: Math.round(now), actor, reason, ...end }]);
}

/** Lets entries into a symbol again. Where it is not locked, nothing changes. */
export function unlockSymbol(
  account: Account,
  { symbol, actor, reason }: Actor & { readonly symbol: string },
): Result<readonly AccountEvent[], never> {
  const isLocked = account.risk.locks.some((lock) => lock.symbol === symbol);
  return ok(isLocked ? [{ type: 'SymbolUnlocked', symbol, actor, reason }] : []);
}
