import type { Account } from '../account/account.ts';
import type { AccountEvent, Actor } from '../account/events.ts';
import { contentOf } from '../content.ts';
import type { Instrument } from '../market/instrument.ts';
import type { ArmedFrom } from '../market/tick.ts';
import { type Result, ok, refuse } from '../result.ts';
import { decimal } from '../units.ts';
import type { Exits } from './exits.ts';
import type { ExitsSpec } from './exits-spec.ts';
import { type ExitsRefusal, resolveExits } from './resolve-exits.ts';

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
  const exits = keepingWhatStands(position.exits, resolved.value);
  if (isSame(exits, position.exits)) return ok([]);
  return ok([{ type: 'ExitsAmended', positionId, symbol, exits, by }]);
}

function keepingWhatStands(before: Exits, after: Exits): Exits {
  return {
    targets: targetsAfter(before.targets, after.targets),
    ...kept('stopLoss', before.stopLoss, after.stopLoss),
    ...kept('trailing', before.trailing, after.trailing, 'start'),
    ...kept('breakEven', before.breakEven, after.breakEven),
    ...kept('timeExit', before.timeExit, after.timeExit),
  };
}

/** Rungs that stay are the same rungs; others get names that none of the position's rungs has. */
function targetsAfter(before: Exits['targets'], after: Exits['targets']): Exits['targets'] {
  const left = [...before];
  let last = Math.max(0, ...before.map(({ id }) => Number(id)));
  return after.map((target) => {
    const same = left.findIndex((old) => isSameBut(old, target, 'id'));
    const [stands] = same === -1 ? [] : left.splice(same, 1);
    if (stands !== undefined) return stands;
    last += 1;
    return { ...target, id: String(last) };
  });
}

function kept<Key extends keyof Exits, Part extends object>(
  key: Key,
  before: Part | undefined,
  after: Part | undefined,
  ...ignored: string[]
): { [K in Key]?: Part } {
  if (after === undefined) return {};
  const part = before !== undefined && isSameBut(before, after, ...ignored) ? before : after;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the key is the one that was given
  return { [key]: part } as { [K in Key]?: Part };
}

/** The same in everything but from where it counts, and the fields named. */
function isSameBut(a: object, b: object, ...ignored: string[]): boolean {
  const without = (part: object) =>
    Object.entries(part)
      .filter(([field]) => field !== 'armedFrom' && !ignored.includes(field))
      .toSorted(([x], [y]) => (x < y ? -1 : 1));
  return isSame(without(a), without(b));
}

function isSame(a: unknown, b: unknown): boolean {
  return contentOf(a) === contentOf(b);
}
