import type { Account } from '../account/account.ts';
import { type NoRoom, noRoom } from '../account/caps.ts';
import type { AccountEvent } from '../account/events.ts';
import { type Result, ok, refuse } from '../result.ts';
import { compare, decimal, parseDecimal } from '../units.ts';
import type { SignalTerms } from './signal.ts';

/** How many signals an account may have active: its document lists them. */
export const maxActiveSignals = 1_000;

export type CreateSignalRefusal =
  | { readonly reason: 'SIGNAL_EXISTS'; readonly signalId: string }
  | NoRoom<'TOO_MANY_ACTIVE_SIGNALS'>
  | { readonly reason: 'ENDS_BEFORE_NOW'; readonly expiresAt: number }
  | { readonly reason: 'NOT_A_CONFIDENCE'; readonly field: string; readonly value: string }
  | { readonly reason: 'OTHER_ENTRY'; readonly field: string; readonly value: string };

/** Notes a signal until it is acted on, closed or over. Its id is used once; it executes nothing. */
export function createSignal(
  account: Account,
  signal: SignalTerms,
): Result<readonly AccountEvent[], CreateSignalRefusal> {
  const { id: signalId, confidence, expiresAt, createdAt } = signal;
  if (account.signals.has(signalId) || account.activeSignalIds.has(signalId))
    return refuse({ reason: 'SIGNAL_EXISTS', signalId });
  const full = noRoom('TOO_MANY_ACTIVE_SIGNALS', account.activeSignalIds.size, maxActiveSignals);
  if (full !== undefined) return refuse(full);
  const share = parseDecimal(confidence);
  if (share === undefined || share.units < 0n || compare(share, decimal('1')) > 0)
    return refuse({ reason: 'NOT_A_CONFIDENCE', field: 'confidence', value: confidence });
  if (expiresAt <= createdAt) return refuse({ reason: 'ENDS_BEFORE_NOW', expiresAt });
  const other = otherThan(signal, signal.entry);
  if (other !== undefined) return refuse({ reason: 'OTHER_ENTRY', ...other });
  return ok([{ type: 'SignalCreated', signal }]);
}

/** In what an entry is not the signal's own. */
export function otherThan(
  { symbol, side }: Pick<SignalTerms, 'symbol' | 'side'>,
  entry: SignalTerms['entry'],
): { readonly field: string; readonly value: string } | undefined {
  if (entry === undefined) return undefined;
  if (entry.symbol !== symbol) return { field: 'entry.symbol', value: entry.symbol };
  return entry.side === side ? undefined : { field: 'entry.side', value: entry.side };
}
