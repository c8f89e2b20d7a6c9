import type { Account } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { type Result, ok, refuse } from '../result.ts';
import { decimal, isPositive, parseDecimal } from '../units.ts';
import type { ArmedFrom } from '../market/tick.ts';
import type { ExitsSpec } from './exits-spec.ts';
import type { PositionTerms } from './position.ts';
import { type ExitsRefusal, resolveExits } from './resolve-exits.ts';

/** How many positions an account may hold open: its document lists them. */
export const maxOpenPositions = 1_000;

export type AdoptRefusal =
  | { readonly reason: 'TOO_MANY_OPEN_POSITIONS'; readonly limit: number }
  | { readonly reason: 'POSITION_EXISTS'; readonly positionId: string }
  | ExitsRefusal;

/** A position as it is, and the exits that it shall have. */
export interface Adoption extends Omit<PositionTerms, 'exits'> {
  readonly exits: ExitsSpec;
  readonly armedFrom: ArmedFrom;
}

/** Takes over a position that exists already: it is protected from now on, and no cash moves. */
export function adoptPosition(
  account: Account,
  adoption: Adoption,
): Result<readonly AccountEvent[], AdoptRefusal> {
  const { exits: spec, armedFrom, ...terms } = adoption;
  const { id, side, entryPrice, openedAt } = terms;
  if (account.positions.has(id) || account.openPositionIds.has(id))
    return refuse({ reason: 'POSITION_EXISTS', positionId: id });
  if (account.openPositionIds.size >= maxOpenPositions)
    return refuse({ reason: 'TOO_MANY_OPEN_POSITIONS', limit: maxOpenPositions });
  for (const [field, value] of Object.entries({ quantity: terms.quantity, entryPrice })) {
    const parsed = parseDecimal(value);
    if (parsed === undefined || !isPositive(parsed)) return refuse({ reason: 'NOT_POSITIVE', field, value });
  }
  const exits = resolveExits(spec, { side, entryPrice: decimal(entryPrice), armedFrom, openedAt });
  if (!exits.ok) return exits;
  return ok([{ type: 'PositionAdopted', position: { ...terms, exits: exits.value } }]);
}
