import { type Result, ok, refuse } from '../result.ts';
import type { AccountEvent } from './events.ts';

export interface OpenAccount {
  readonly tenant: string;
  readonly uid: string;
  readonly accountId: string;
}

/** A new account starts halted: the first order needs an explicit `ResumeTrading`. */
export function openAccount(
  isOpen: boolean,
  command: OpenAccount,
): Result<readonly AccountEvent[], { readonly reason: 'ACCOUNT_EXISTS' }> {
  if (isOpen) return refuse({ reason: 'ACCOUNT_EXISTS' });
  const { tenant, uid, accountId } = command;
  return ok([{ type: 'AccountOpened', tenant, uid, accountId }]);
}
