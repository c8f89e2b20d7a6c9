import { type Result, ok } from '../result.ts';
import type { Account } from './account.ts';
import type { AccountEvent, Actor } from './events.ts';

/** Lets the account execute. Resuming an active account changes nothing. */
export function resumeTrading(account: Account, command: Actor): Result<readonly AccountEvent[], never> {
  const { actor, reason } = command;
  return ok(account.trading === 'active' ? [] : [{ type: 'TradingResumed', actor, reason }]);
}

/** Stops the account: nothing executes until it is resumed. Halting a halted account changes nothing. */
export function haltTrading(account: Account, command: Actor): Result<readonly AccountEvent[], never> {
  const { actor, reason } = command;
  return ok(account.trading === 'halted' ? [] : [{ type: 'TradingHalted', actor, reason }]);
}
