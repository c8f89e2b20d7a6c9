import type { Account } from '../account/account.ts';
import type {
  AccountEvent,
  Actor,
  CreditsGranted,
  CreditsSettled,
  FundsDeposited,
} from '../account/events.ts';
import type { ValuationRefusal } from '../account/equity.ts';
import { type NotEnoughCash, refuseLeaving } from '../account/free-cash.ts';
import type { Market } from '../market/symbol-prices.ts';
import { type Result, ok, refuse } from '../result.ts';
import { add, decimal, formatDecimal, isZero, negate } from '../units.ts';

/** An event that was booked, and what became of it since, by the journal up to the account's last entry. */
export interface BookedEvent {
  readonly event: AccountEvent;
  /** The id of the event that has taken it back. */
  readonly reversedBy?: string;
  /** Of the first reset of the shadow account after it: cash does not come from earlier deposits any more. */
  readonly resetBy?: string;
}

export type ReversalRefusal =
  | { readonly reason: 'NO_SUCH_ENTRY'; readonly eventId: string }
  /** Fills, positions, funding and resets are facts; a reversal is not taken back, but made good by a new deposit or grant. */
  | { readonly reason: 'NOT_REVERSIBLE'; readonly eventId: string; readonly event: AccountEvent['type'] }
  | { readonly reason: 'REVERSED_ALREADY'; readonly eventId: string; readonly reversedBy: string }
  | { readonly reason: 'RESET_SINCE'; readonly eventId: string; readonly resetBy: string }
  | NotEnoughCash
  | ValuationRefusal
  | { readonly reason: 'NOT_ENOUGH_CREDITS'; readonly need: string; readonly balance: string };

type Decided = Result<readonly AccountEvent[], ReversalRefusal>;

/**
 * Takes back what was deposited, taken out, granted or charged by mistake: by an event of its own, whose entry has the
 * same postings with the other sign. Once, and never more than there is, nor what is owed for open positions.
 *
 * @param booked absent where the journal has no such event.
 */
export function reverseEntry(
  account: Account,
  { eventId, ...by }: Actor & { readonly eventId: string },
  booked: BookedEvent | undefined,
  { market }: { readonly market: Market },
): Decided {
  if (booked === undefined) return refuse({ reason: 'NO_SUCH_ENTRY', eventId });
  const { event, reversedBy, resetBy } = booked;
  if (reversedBy !== undefined) return refuse({ reason: 'REVERSED_ALREADY', eventId, reversedBy });
  if (event.type === 'FundsDeposited') {
    if (resetBy !== undefined) return refuse({ reason: 'RESET_SINCE', eventId, resetBy });
    return reverseDeposit(account, event, { reverses: eventId, ...by }, market);
  }
  // What came to nothing was not booked.
  if ((event.type === 'CreditsGranted' || event.type === 'CreditsSettled') && !isZero(decimal(event.amount)))
    return reverseCredits(account, event, { reverses: eventId, ...by });
  return refuse({ reason: 'NOT_REVERSIBLE', eventId, event: event.type });
}

type Reverses = Actor & { readonly reverses: string };

function reverseDeposit(
  account: Account,
  { currency, amount: deposited }: FundsDeposited,
  by: Reverses,
  market: Market,
): Decided {
  const amount = negate(decimal(deposited));
  const refusal = refuseLeaving(account, { currency, amount }, market);
  if (refusal !== undefined) return refuse(refusal);
  return ok([{ type: 'DepositReversed', currency, amount: formatDecimal(amount), ...by }]);
}

function reverseCredits(
  { credits: { available: balance } }: Account,
  { type, amount }: CreditsGranted | CreditsSettled,
  by: Reverses,
): Decided {
  const of = type === 'CreditsGranted' ? 'grant' : 'charge';
  const moved = of === 'grant' ? negate(decimal(amount)) : decimal(amount);
  const after = add(decimal(balance), moved);
  if (after.units < 0n) return refuse({ reason: 'NOT_ENOUGH_CREDITS', need: amount, balance });
  return ok([{ type: 'CreditsReversed', of, amount, available: formatDecimal(after), ...by }]);
}
