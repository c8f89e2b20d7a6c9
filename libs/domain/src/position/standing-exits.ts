import { contentOf } from '../content.ts';
import type { ArmedFrom } from '../market/tick.ts';
import { compare, compareTexts, decimal } from '../units.ts';
import type { Exits, Target, TrailingStop } from './exits.ts';
import type { PositionState } from './position.ts';

/** Of a trailing stop neither where it began nor from where it counts is what was asked for. */
const begins = ['armedFrom', 'start'];

/** Other exits for a position: a part that stays the same goes on counting, or following, from where it did. */
export function replacedExits({ exits, exiting, side }: PositionState, wanted: Exits): Exits {
  return {
    targets: replacedTargets(exits.targets, wanted.targets, exiting),
    ...optional('stopLoss', standing(exits.stopLoss, wanted.stopLoss)),
    ...optional('trailing', standing(exits.trailing, begun(exits.trailing, wanted.trailing, side))),
    ...optional('breakEven', standing(exits.breakEven, wanted.breakEven)),
    ...optional('timeExit', standing(exits.timeExit, wanted.timeExit)),
  };
}

/**
 * What stands, where the entry that it was counted from has moved: a part that is as it was asked for goes along; one that
 * was amended, moved or begun since stays as it is, and one that is gone stays gone.
 *
 * @param before what was asked for, counted from the entry as it was.
 * @param now the same, counted from the entry as it is.
 */
export function movedExits({ exits, side }: PositionState, before: Exits, now: Exits): Exits {
  const targets = exits.targets.map((target) => {
    const same = ({ id }: Target): boolean => id === target.id;
    return along(target, before.targets.find(same), now.targets.find(same)) ?? target;
  });
  return {
    targets: nearestFirst(targets, side),
    ...optional('stopLoss', along(exits.stopLoss, before.stopLoss, now.stopLoss)),
    ...optional('trailing', along(exits.trailing, before.trailing, now.trailing)),
    ...optional('breakEven', along(exits.breakEven, before.breakEven, now.breakEven)),
    ...optional('timeExit', along(exits.timeExit, before.timeExit, now.timeExit)),
  };
}

/** The same exits, all of them counting from a new place. */
export function countingFrom(
  { targets, stopLoss, trailing, breakEven, timeExit }: Exits,
  armedFrom: ArmedFrom,
): Exits {
  const anew = <Part extends object>(part: Part | undefined) => part && { ...part, armedFrom };
  return {
    targets: targets.map((target) => ({ ...target, armedFrom })),
    ...optional('stopLoss', anew(stopLoss)),
    ...optional('trailing', anew(trailing)),
    ...optional('breakEven', anew(breakEven)),
    ...optional('timeExit', anew(timeExit)),
  };
}

/** Equal ones keep their order. */
export function nearestFirst(targets: readonly Target[], side: PositionState['side']): readonly Target[] {
  return targets.toSorted((a, b) => {
    const order = compare(decimal(a.price), decimal(b.price));
    return side === 'long' ? order : -order;
  });
}

/** A trailing stop as it is wanted: where the one that stands has begun at a price as good, it need not begin again. */
function begun(
  stands: TrailingStop | undefined,
  wanted: TrailingStop | undefined,
  side: PositionState['side'],
): TrailingStop | undefined {
  if (stands === undefined || stands.activation !== undefined || wanted?.activation === undefined)
    return wanted;
  const fromStart = compareTexts(wanted.activation, stands.start);
  if (side === 'long' ? fromStart > 0 : fromStart < 0) return wanted;
  const { activation: _reached, ...rest } = wanted;
  return rest;
}

function standing<Part extends object>(stands: Part | undefined, wanted: Part | undefined): Part | undefined {
  return stands !== undefined && wanted !== undefined && isSameBut(stands, wanted, begins) ? stands : wanted;
}

function along<Part extends object>(
  stands: Part | undefined,
  before: Part | undefined,
  now: Part | undefined,
): Part | undefined {
  if (stands === undefined || before === undefined || !isSameBut(stands, before, begins)) return stands;
  return now === undefined ? stands : standing(stands, now);
}

/** Rungs that stay are the same rungs; others get names that none of the position's rungs and closing orders has. */
function replacedTargets(
  before: readonly Target[],
  wanted: readonly Target[],
  exiting: PositionState['exiting'],
): readonly Target[] {
  const left = [...before];
  const named = [...before.map(({ id }) => id), ...exiting.map(({ targetId = '0' }) => targetId)];
  let last = Math.max(0, ...named.map(Number));
  return wanted.map((target) => {
    const same = left.findIndex((old) => isSameBut(old, target, [...begins, 'id']));
    const [stands] = same === -1 ? [] : left.splice(same, 1);
    if (stands !== undefined) return stands;
    last += 1;
    return { ...target, id: String(last) };
  });
}

/** The same in everything but the fields named. */
function isSameBut(a: object, b: object, ignored: readonly string[]): boolean {
  const without = (part: object) =>
    Object.fromEntries(Object.entries(part).filter(([field]) => !ignored.includes(field)));
  return contentOf(without(a)) === contentOf(without(b));
}

export function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { [K in Key]?: Value } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value };
}
