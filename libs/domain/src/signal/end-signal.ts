import type { Account } from '../account/account.ts';
import type { AccountEvent, Actor } from '../account/events.ts';
import { type TickReference, isAtOrAfter } from '../market/tick.ts';
import { type Result, ok, refuse } from '../result.ts';

export type CloseSignalRefusal = { readonly reason: 'NOT_OPEN'; readonly signalId: string };

/** Closes a signal that nobody will act on, or what came of which is settled. */
export function closeSignal(
  account: Account,
  { signalId, by }: { readonly signalId: string; readonly by: Actor },
): Result<readonly AccountEvent[], CloseSignalRefusal> {
  const signal = account.signals.get(signalId);
  if (signal === undefined || signal.status === 'closed' || signal.status === 'expired')
    return refuse({ reason: 'NOT_OPEN', signalId });
  return ok([{ type: 'SignalClosed', signalId, symbol: signal.symbol, by }]);
}

export type ExpireSignalRefusal =
  | { readonly reason: 'NOT_ACTIVE' }
  | { readonly reason: 'BEFORE_ARMED' }
  | { readonly reason: 'LEVEL_NOT_REACHED' };

/** Ends a signal at a tick at or after its time. It executes nothing, so it does in a halted account, too. */
export function expireSignal(
  account: Account,
  { signalId, tick }: { readonly signalId: string; readonly tick: TickReference },
): Result<readonly AccountEvent[], ExpireSignalRefusal> {
  const signal = account.signals.get(signalId);
  if (signal?.status !== 'active') return refuse({ reason: 'NOT_ACTIVE' });
  if (!isAtOrAfter(tick, signal.armedFrom)) return refuse({ reason: 'BEFORE_ARMED' });
  if (tick.exchangeAt < signal.expiresAt) return refuse({ reason: 'LEVEL_NOT_REACHED' });
  return ok([{ type: 'SignalExpired', signalId, symbol: signal.symbol, tick }]);
}
