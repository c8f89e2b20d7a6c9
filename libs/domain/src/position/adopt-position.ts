import type { Account } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { shadowBroker } from '../account/settings.ts';
import { positionDifference } from '../order/broker-difference.ts';
import { adoptedFrom } from '../order/compare-with-broker.ts';
import type { BelowMinimum } from '../order/least-notional.ts';
import { type OtherPosition, clashWithOrders } from '../order/place-order.ts';
import { type Result, ok, refuse } from '../result.ts';
import { compare, decimal, isPositive, negate, parseDecimal } from '../units.ts';
import type { ArmedFrom } from '../market/tick.ts';
import type { ExitsSpec } from './exits-spec.ts';
import { ladderBelowMinimum } from './ladder-below-minimum.ts';
import type { PositionTerms } from './position.ts';
import { type ExitsRefusal, resolveExits } from './resolve-exits.ts';
import { type TooManyOpenPositions, noRoomForPosition } from './room-for-position.ts';

export type AdoptRefusal =
  | TooManyOpenPositions
  | { readonly reason: 'POSITION_EXISTS'; readonly positionId: string }
  /** An order waits to open another one under its id. */
  | OtherPosition
  /** At a real broker only what it holds and the account does not: so much is shown as missing here. */
  | {
      readonly reason: 'NOT_OFFERED';
      readonly symbol: string;
      readonly side: string;
      readonly quantity: string;
      readonly offered: string;
    }
  | BelowMinimum
  | ExitsRefusal;

/** A position as it is, and the exits that it shall have. */
export interface Adoption extends Omit<PositionTerms, 'exits'> {
  readonly exits: ExitsSpec;
  readonly armedFrom: ArmedFrom;
  /** Of its instrument. */
  readonly tickSize?: string;
  readonly minNotional?: string | undefined;
}

/**
 * Takes over a position that exists already: it is protected from now on, and no cash moves. At a real broker it is one
 * that a difference offers, or a part of it.
 */
export function adoptPosition(
  account: Account,
  adoption: Adoption,
): Result<readonly AccountEvent[], AdoptRefusal> {
  const { exits: spec, armedFrom, tickSize, minNotional, ...terms } = adoption;
  const { id, symbol, side, quantity, entryPrice, openedAt } = terms;
  if (account.positions.has(id) || account.openPositionIds.has(id))
    return refuse({ reason: 'POSITION_EXISTS', positionId: id });
  const clash = clashWithOrders(account, { positionId: id, symbol, side });
  if (clash !== undefined) return refuse(clash);
  const full = noRoomForPosition(account, id);
  if (full !== undefined) return refuse(full);
  for (const [field, value] of Object.entries({ quantity, entryPrice })) {
    const parsed = parseDecimal(value);
    if (parsed === undefined || !isPositive(parsed)) return refuse({ reason: 'NOT_POSITIVE', field, value });
  }
  const exits = resolveExits(spec, { side, entryPrice: decimal(entryPrice), armedFrom, openedAt, tickSize });
  if (!exits.ok) return exits;
  const held = { ...terms, enteredQuantity: quantity, entryPrice: decimal(entryPrice) };
  const small = ladderBelowMinimum(exits.value, held, { contract: terms.contract, minNotional });
  if (small !== undefined) return refuse(small);
  const adopted = { type: 'PositionAdopted', position: { ...terms, exits: exits.value } } as const;
  if (terms.broker === shadowBroker) return ok([adopted]);
  const difference = positionDifference(account, symbol);
  const offered = difference?.offer?.side === side ? difference.offer.quantity : '0';
  const amount = decimal(quantity);
  if (difference === undefined || compare(amount, decimal(offered)) > 0)
    return refuse({ reason: 'NOT_OFFERED', symbol, side, quantity, offered });
  return ok([adopted, adoptedFrom(difference, side === 'long' ? amount : negate(amount))]);
}
