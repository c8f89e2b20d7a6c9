import type { Account } from '../account/account.ts';
import type { AccountEvent, Actor } from '../account/events.ts';
import { contentOf } from '../content.ts';
import type { Instrument } from '../market/instrument.ts';
import type { ArmedFrom } from '../market/tick.ts';
import { type Result, ok, refuse } from '../result.ts';
import { decimal } from '../units.ts';
import type { ExitsSpec } from './exits-spec.ts';
import { type ExitsRefusal, resolveExits } from './resolve-exits.ts';
import { replacedExits } from './standing-exits.ts';

export type AmendRefusal =
  | { readonly reason: 'NO_OPEN_POSITION'; readonly positionId: string }
  | ExitsRefusal;

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
  { armedFrom, tickSize }: { readonly armedFrom: ArmedFrom } & Pick<Instrument, 'tickSize'>,
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
  return ok([{ type: 'ExitsAmended', positionId, symbol, exits, by }]);
}
