import { type Decimal, add, ceilAt, floorAt, multiply, negate, subtract } from '../units.ts';
import type { MoveLine, TrailingLine, Line } from './line.ts';
import { whereabouts } from './line-table.ts';
import { partsPerMillion } from './parts-per-million.ts';
import type { Trailing } from './trailing-side.ts';

/** A line in the integers of a book of one scale: all that is needed to watch it. */
export interface LineNumbers {
  /** One of `whereabouts`. */
  readonly where: number;
  /** Its level or its time; of a trailing line, where it stands at first. */
  readonly value: number;
  /** Of a trailing line; negated where it follows the lowest price. */
  readonly trailing?: Trailing;
}

/** A level between two price steps is rounded to the step that decides: the nearest that would reach it. */
export function numbersOf(line: Exclude<Line, MoveLine>, scale: number): LineNumbers {
  switch (line.kind) {
    case 'fixed':
      return line.fires === 'atOrBelow'
        ? { where: whereabouts.falling, value: Number(floorAt(line.price, scale)) }
        : { where: whereabouts.rising, value: Number(ceilAt(line.price, scale)) };
    case 'trailing': {
      const isHighest = line.follows === 'highest';
      const trailing = trailingOf(line, isHighest ? 1 : -1, scale);
      const where = isHighest ? whereabouts.fromHighest : whereabouts.fromLowest;
      return { where, value: trailing.stop, trailing };
    }
    case 'time':
      return { where: whereabouts.times, value: line.at };
  }
}

/** A trailing line in integers; times `sign`, so that it follows the highest price. */
function trailingOf(line: TrailingLine, sign: 1 | -1, scale: number): Trailing {
  const { distance, start } = line;
  const floor = (price: Decimal): number => Number(floorAt(sign === 1 ? price : negate(price), scale));
  return {
    offset: 'ppm' in distance ? distance.ppm : Number(ceilAt(distance.absolute, scale)),
    isRelative: 'ppm' in distance,
    stop: floor(stopFrom(line, start)),
    movesFrom: floor(start) + 1,
  };
}

/** The stop of a line whose best price is `best`, exactly. */
export function stopFrom({ follows, distance }: TrailingLine, best: Decimal): Decimal {
  const part = 'ppm' in distance ? multiply(best, partsPerMillion(distance.ppm)) : distance.absolute;
  return follows === 'highest' ? subtract(best, part) : add(best, part);
}
