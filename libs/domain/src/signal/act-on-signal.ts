import { type Account, evolve } from '../account/account.ts';
import type { AccountEvent, Actor } from '../account/events.ts';
import { tickFor } from '../market/symbol-prices.ts';
import { type PlaceRefusal, type PlacingContext, openPosition } from '../order/place-order.ts';
import { type Result, ok, refuse } from '../result.ts';
import { type ArmRefusal, armTrigger } from '../trigger/arm-trigger.ts';
import type { EntrySpec } from '../trigger/trigger.ts';
import { otherThan } from './create-signal.ts';

export interface ActOnSignal {
  readonly signalId: string;
  /** Of the order, or of the trigger: unique in the account. */
  readonly name: string;
  /** Instead of the signal's own. */
  readonly entry?: EntrySpec;
  readonly by: Actor;
}

export type ActRefusal =
  | { readonly reason: 'NOT_ACTIVE'; readonly signalId: string; readonly status: string }
  | { readonly reason: 'SIGNAL_OVER'; readonly signalId: string; readonly expiresAt: number }
  | { readonly reason: 'NO_ENTRY'; readonly signalId: string }
  | { readonly reason: 'OTHER_ENTRY'; readonly field: string; readonly value: string }
  | { readonly reason: 'TRADING_HALTED' | 'TRADING_REDUCING' }
  | PlaceRefusal
  | ArmRefusal;

/**
 * Opens what a signal says, or arms the trigger that will, in one commit with the signal. It is done once, and
 * wholly: where the entry is refused the signal stays as it was.
 */
export function actOnSignal(
  account: Account,
  { signalId, name, entry: asked, by }: ActOnSignal,
  context: PlacingContext,
): Result<readonly AccountEvent[], ActRefusal> {
  const signal = account.signals.get(signalId);
  if (signal?.status !== 'active')
    return refuse({ reason: 'NOT_ACTIVE', signalId, status: signal?.status ?? 'unknown' });
  const { symbol, priceSource, when, expiresAt } = signal;
  const last = tickFor(context.market(symbol), 'bid');
  if (last !== undefined && last.exchangeAt >= expiresAt)
    return refuse({ reason: 'SIGNAL_OVER', signalId, expiresAt });
  const entry = asked ?? signal.entry;
  if (entry === undefined) return refuse({ reason: 'NO_ENTRY', signalId });
  const other = otherThan(signal, entry);
  if (other !== undefined) return refuse({ reason: 'OTHER_ENTRY', ...other });
  const { positionId } = entry;
  const acted = { type: 'SignalActedOn', signalId, symbol, by } as const;
  if (when === undefined) {
    const orderId = `${account.accountId}.${name}`;
    const event: AccountEvent = { ...acted, outcome: { kind: 'opened', positionId, orderId } };
    const opened = openPosition(evolve(account, event), name, entry, context);
    return opened.ok ? ok([event, ...opened.value]) : opened;
  }
  if (account.trading !== 'active')
    return refuse({ reason: account.trading === 'halted' ? 'TRADING_HALTED' : 'TRADING_REDUCING' });
  const event: AccountEvent = { ...acted, outcome: { kind: 'armed', positionId, triggerId: name } };
  const { armedFrom } = context;
  const action = { kind: 'open', entry } as const;
  const armed = armTrigger(evolve(account, event), {
    id: name,
    symbol,
    priceSource,
    when,
    action,
    expiresAt,
    armedFrom,
  });
  return armed.ok ? ok([event, ...armed.value]) : armed;
}
