import type { ArmedFrom } from '../market/tick.ts';
import { compare } from '../units.ts';
import type { Armed, Line, LineDistance } from './line.ts';

/** Whether both watch for the same, from the same place on. */
export function isSameArmed(a: Armed, b: Armed): boolean {
  return (
    a.key === b.key &&
    a.symbol === b.symbol &&
    isSameFrom(a.armedFrom, b.armedFrom) &&
    isSameLine(a.line, b.line)
  );
}

function isSameFrom(a: ArmedFrom, b: ArmedFrom): boolean {
  if ('at' in a) return 'at' in b && a.at === b.at;
  return !('at' in b) && a.epoch === b.epoch && a.ordinal === b.ordinal;
}

function isSameLine(a: Line, b: Line): boolean {
  if (a.reason !== b.reason || a.series !== b.series) return false;
  switch (a.kind) {
    case 'fixed':
      return b.kind === a.kind && a.fires === b.fires && compare(a.price, b.price) === 0;
    case 'trailing':
      return (
        b.kind === a.kind &&
        a.follows === b.follows &&
        isSameDistance(a.distance, b.distance) &&
        compare(a.start, b.start) === 0
      );
    case 'time':
      return b.kind === a.kind && a.at === b.at;
    case 'move':
      return b.kind === a.kind && a.direction === b.direction && a.ppm === b.ppm && a.windowMs === b.windowMs;
  }
}

function isSameDistance(a: LineDistance, b: LineDistance): boolean {
  if ('ppm' in a) return 'ppm' in b && a.ppm === b.ppm;
  return 'absolute' in b && compare(a.absolute, b.absolute) === 0;
}
