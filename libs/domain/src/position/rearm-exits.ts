import type { ArmedFrom } from '../market/tick.ts';
import { add, decimal, divide, formatDecimal, multiply, subtract } from '../units.ts';
import type { Exits, TrailingStop } from './exits.ts';
import type { PositionState, WorkingExit } from './position.ts';

/** What a line that was reached is armed again by. */
type EndedExit = Pick<WorkingExit, 'reason' | 'targetId' | 'level'>;

/**
 * The exits of a position whose closing orders came to nothing: the lines that they were for count again,
 * from a new place; all others stay as they are. `undefined` where no line is left to arm: somebody asked
 * for the order, or the target had filled in part.
 */
export function rearmExits(
  position: PositionState,
  ended: readonly EndedExit[],
  armedFrom: ArmedFrom,
): Exits | undefined {
  const exits = ended.reduce(
    (before, exit) => rearmed(before, position.side, exit, armedFrom),
    position.exits,
  );
  return exits === position.exits ? undefined : exits;
}

function rearmed(
  exits: Exits,
  side: PositionState['side'],
  { reason, targetId, level }: EndedExit,
  armedFrom: ArmedFrom,
): Exits {
  const { stopLoss, trailing, timeExit, targets } = exits;
  if (reason === 'stopLoss' && stopLoss !== undefined)
    return { ...exits, stopLoss: { ...stopLoss, armedFrom } };
  if (reason === 'timeExit' && timeExit !== undefined)
    return { ...exits, timeExit: { ...timeExit, armedFrom } };
  if (reason === 'trailingStop' && trailing !== undefined) {
    const start = level === undefined ? trailing.start : bestOf(trailing, side, level);
    return { ...exits, trailing: { ...trailing, start, armedFrom } };
  }
  if (reason !== 'takeProfit' || targets.every(({ id }) => id !== targetId)) return exits;
  return { ...exits, targets: targets.map((each) => (each.id === targetId ? { ...each, armedFrom } : each)) };
}

const scale = 18;
const million = decimal('1000000');

/** The best price that a trailing stop at `level` had followed: it goes on from there. */
function bestOf({ distance }: TrailingStop, side: PositionState['side'], level: string): string {
  const stop = decimal(level);
  if ('absolute' in distance) {
    const away = decimal(distance.absolute);
    return formatDecimal(side === 'long' ? add(stop, away) : subtract(stop, away));
  }
  const ppm = decimal(String(distance.ppm));
  const share = side === 'long' ? subtract(million, ppm) : add(million, ppm);
  return formatDecimal(divide(multiply(stop, million), share, scale, 'halfEven'));
}
