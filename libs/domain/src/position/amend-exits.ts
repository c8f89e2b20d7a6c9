import type { Account } from '../account/account.ts';
import type { AccountEvent, Actor } from '../account/events.ts';
import { contentOf } from '../content.ts';
import type { Instrument } from '../market/instrument.ts';
import type { ArmedFrom } from '../market/tick.ts';
import { type Result, ok, refuse } from '../result.ts';
import type { BelowMinimum } from '../order/least-notional.ts';
import { decimal, formatDecimal } from '../units.ts';
import type { Exits } from './exits.ts';
import type { ExitsSpec } from './exits-spec.ts';
import { ladderBelowMinimum } from './ladder-below-minimum.ts';
import { type PositionState, availableQuantity } from './position.ts';
import { type ExitsRefusal, resolveExits } from './resolve-exits.ts';
import { replacedExits } from './standing-exits.ts';

export type AmendRefusal =
  | { readonly reason: 'NO_OPEN_POSITION'; readonly positionId: string }
  | ExitsRefusal
  /** A rung of another ladder. */
  | BelowMinimum;

/**
 * Gives a position other exits. The new ones replace all that it has; a part that stays the same goes on
 * counting from where it did, and a trailing stop at the same distance goes on following.
 */
export function amendExits(
  account: Account,
  {
    positionId,
    exits: spec,
    by,
  }: { readonly positionId: string; readonly exits: ExitsSpec; readonly by: Actor },
  {
    armedFrom,
    tickSize,
    minNotional,
  }: { readonly armedFrom: ArmedFrom } & Pick<Instrument, 'tickSize' | 'minNotional'>,
): Result<readonly AccountEvent[], AmendRefusal> {
  const position = account.positions.get(positionId);
  if (position === undefined || position.status === 'closed')
    return refuse({ reason: 'NO_OPEN_POSITION', positionId });
  const { side, entryPrice, openedAt, symbol } = position;
  const resolved = resolveExits(spec, {
    side,
    entryPrice: decimal(entryPrice),
    armedFrom,
    openedAt,
    tickSize,
  });
  if (!resolved.ok) return resolved;
  const exits = replacedExits(position, resolved.value);
  if (contentOf(exits) === contentOf(position.exits)) return ok([]);
  // Whoever moves a stop leaves the ladder as it stands.
  const isOtherLadder = contentOf(exits.targets) !== contentOf(position.exits.targets);
  const small = isOtherLadder ? ladderOf(position, resolved.value, minNotional) : undefined;
  if (small !== undefined) return refuse(small);
  return ok([{ type: 'ExitsAmended', positionId, symbol, exits, by }]);
}

function ladderOf(
  position: PositionState,
  exits: Exits,
  minNotional: string | undefined,
): BelowMinimum | undefined {
  const { contract, enteredQuantity, entryPrice, lotSize } = position;
  const held = {
    quantity: formatDecimal(availableQuantity(position)),
    enteredQuantity,
    entryPrice: decimal(entryPrice),
    lotSize,
  };
  return ladderBelowMinimum(exits, held, { contract, minNotional });
}
