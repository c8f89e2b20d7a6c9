import type { Account } from '../account/account.ts';
import { type NoRoom, noRoom } from '../account/caps.ts';
import type { Actor, CreditsEvent } from '../account/events.ts';
import { type Result, ok, refuse } from '../result.ts';
import { type Decimal, add, decimal, formatDecimal, isPositive, parseDecimal, subtract } from '../units.ts';
import { maxReservations, meteredCommands } from './credits-state.ts';

export type CreditsRefusal =
  | { readonly reason: 'NOT_AN_AMOUNT'; readonly field: 'amount'; readonly value: string }
  /** `need` is what it costs, `balance` what is available. */
  | { readonly reason: 'NOT_ENOUGH_CREDITS'; readonly need: string; readonly balance: string }
  | { readonly reason: 'RESERVED_ALREADY'; readonly reservation: string; readonly reserved: string }
  | NoRoom<'TOO_MANY_RESERVATIONS'>
  | { readonly reason: 'NO_RESERVATION'; readonly reservation: string }
  | {
      readonly reason: 'MORE_THAN_RESERVED';
      readonly reservation: string;
      readonly reserved: string;
      readonly amount: string;
    };

type Decided = Result<readonly CreditsEvent[], CreditsRefusal>;

/** Gives the account credits. */
export function grantCredits(
  account: Account,
  { amount, ...by }: Actor & { readonly amount: string },
): Decided {
  const granted = amountOf(amount);
  if (granted === undefined) return notAnAmount(amount);
  const available = formatDecimal(add(decimal(account.credits.available), granted));
  return ok([{ type: 'CreditsGranted', amount: formatDecimal(granted), available, ...by }]);
}

/** Sets credits aside for something that is metered later. */
export function reserveCredits(
  { credits }: Account,
  {
    reservationId,
    amount,
    purpose,
  }: { readonly reservationId: string; readonly amount: string; readonly purpose: string },
): Decided {
  const wanted = amountOf(amount);
  if (wanted === undefined) return notAnAmount(amount);
  const known = credits.reserved[reservationId];
  if (known !== undefined)
    return refuse({ reason: 'RESERVED_ALREADY', reservation: reservationId, reserved: known });
  const full = noRoom('TOO_MANY_RESERVATIONS', Object.keys(credits.reserved).length, maxReservations);
  if (full !== undefined) return refuse(full);
  const left = subtract(decimal(credits.available), wanted);
  if (left.units < 0n) return notEnough(wanted, credits.available);
  const available = formatDecimal(left);
  return ok([{ type: 'CreditsReserved', reservationId, amount: formatDecimal(wanted), purpose, available }]);
}

/** Spends of what was set aside, and gives back the rest. @param amount zero where it came to nothing. */
export function settleCredits(
  { credits }: Account,
  {
    reservationId,
    amount,
    purpose,
  }: { readonly reservationId: string; readonly amount: string; readonly purpose: string },
): Decided {
  const spent = parseDecimal(amount);
  if (spent === undefined || spent.units < 0n) return notAnAmount(amount);
  const reserved = credits.reserved[reservationId];
  if (reserved === undefined) return refuse({ reason: 'NO_RESERVATION', reservation: reservationId });
  const rest = subtract(decimal(reserved), spent);
  if (rest.units < 0n)
    return refuse({ reason: 'MORE_THAN_RESERVED', reservation: reservationId, reserved, amount });
  const available = formatDecimal(add(decimal(credits.available), rest));
  return ok([{ type: 'CreditsSettled', reservationId, amount: formatDecimal(spent), purpose, available }]);
}

/** Gives back what was set aside. */
export function releaseCredits(
  { credits }: Account,
  { reservationId, purpose }: { readonly reservationId: string; readonly purpose: string },
): Decided {
  const amount = credits.reserved[reservationId];
  if (amount === undefined) return refuse({ reason: 'NO_RESERVATION', reservation: reservationId });
  const available = formatDecimal(add(decimal(credits.available), decimal(amount)));
  return ok([{ type: 'CreditsReleased', reservationId, amount, purpose, available }]);
}

/** What a command costs by the account's prices, to be committed with what it does: nothing where it has none. */
export function chargeCommand({ credits, settings }: Account, command: string): Decided {
  const name = meteredCommands.find((each) => each === command);
  const price = name === undefined ? undefined : settings.creditPrices?.[name];
  if (price === undefined) return ok([]);
  const cost = decimal(price);
  const left = subtract(decimal(credits.available), cost);
  if (left.units < 0n) return notEnough(cost, credits.available);
  const [amount, available] = [formatDecimal(cost), formatDecimal(left)];
  return ok([{ type: 'CreditsSettled', amount, purpose: command, available }]);
}

function amountOf(text: string): Decimal | undefined {
  const amount = parseDecimal(text);
  return amount !== undefined && isPositive(amount) ? amount : undefined;
}

function notAnAmount(value: string): Decided {
  return refuse({ reason: 'NOT_AN_AMOUNT', field: 'amount', value });
}

function notEnough(need: Decimal, available: string): Decided {
  return refuse({ reason: 'NOT_ENOUGH_CREDITS', need: formatDecimal(need), balance: available });
}
