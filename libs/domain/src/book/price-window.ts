import { type ArmedFrom, isAtOrAfter } from '../market/tick.ts';
import type { Armed, MoveLine } from './line.ts';
import { partOf } from './parts-per-million.ts';
import { type Place, type SeriesPoint, comparePlaces } from './place.ts';

/** A move line, and what it fires at. */
export interface Mover {
  /** Its number in the book. */
  readonly id: number;
  readonly armed: Armed;
  readonly line: MoveLine;
  isSilent: boolean;
}

/** A move that a tick completes: from the lowest price up, or from the highest down. */
export interface Moved {
  readonly mover: Mover;
  readonly direction: 'up' | 'down';
  readonly from: number;
}

/** What the window has seen that still counts: prices rising from the lowest, falling from the highest. */
export interface WindowPoints {
  readonly lowest: readonly SeriesPoint[];
  readonly highest: readonly SeriesPoint[];
}

/**
 * The lines that look for a move within one length of time, and the prices of that time: of the lowest
 * and of the highest those alone that no later price has passed.
 *
 * Time does not run backwards here: a tick with an earlier time than the one before counts at that time.
 */
export class PriceWindow {
  readonly windowMs: number;
  readonly #movers: Mover[] = [];
  readonly #lowest = new Extremes(1);
  readonly #highest = new Extremes(-1);
  #latestAt = -Infinity;

  constructor(windowMs: number) {
    this.windowMs = windowMs;
  }

  get size(): number {
    return this.#movers.length;
  }

  /** @param known what ticks from before have left, where there were any that count for the line. */
  add(mover: Mover, known?: WindowPoints): void {
    let index = this.#movers.length;
    while (index > 0 && (this.#movers[index - 1]?.line.ppm ?? 0) > mover.line.ppm) index -= 1;
    this.#movers.splice(index, 0, mover);
    if (known === undefined) return;
    for (const { place } of [...known.lowest, ...known.highest])
      this.#latestAt = Math.max(this.#latestAt, place.exchangeAt);
    this.#lowest.merge(known.lowest);
    this.#highest.merge(known.highest);
  }

  remove(mover: Mover): void {
    const index = this.#movers.indexOf(mover);
    if (index >= 0) this.#movers.splice(index, 1);
  }

  /** Takes a tick in: the moves that it completes, each line once. */
  evaluate(price: number, place: Place): Moved[] {
    this.#latestAt = Math.max(this.#latestAt, place.exchangeAt);
    const point = { price, place: { ...place, exchangeAt: this.#latestAt } };
    const from = this.#latestAt - this.windowMs;
    this.#lowest.push(point, from);
    this.#highest.push(point, from);
    const lowest = this.#lowest.first?.price ?? price;
    const highest = this.#highest.first?.price ?? price;
    const moved: Moved[] = [];
    for (const mover of this.#movers) {
      const { ppm } = mover.line;
      // No line of more, and none that looks back less far, can fire where the whole window is not enough.
      if (!hasRisen(lowest, price, ppm) && !hasFallen(highest, price, ppm)) break;
      const found = mover.isSilent ? undefined : this.#moveOf(mover, price);
      if (found !== undefined) moved.push(found);
    }
    for (const { mover } of moved) mover.isSilent = true;
    return moved;
  }

  /** What has been seen, as much of it as counts from a place on. */
  points(from?: ArmedFrom): WindowPoints {
    return { lowest: this.#lowest.points(from), highest: this.#highest.points(from) };
  }

  #moveOf(mover: Mover, price: number): Moved | undefined {
    const { direction, ppm } = mover.line;
    const { armedFrom } = mover.armed;
    const low = this.#lowest.since(armedFrom);
    if (direction !== 'down' && low !== undefined && hasRisen(low, price, ppm))
      return { mover, direction: 'up', from: low };
    const high = this.#highest.since(armedFrom);
    if (direction !== 'up' && high !== undefined && hasFallen(high, price, ppm))
      return { mover, direction: 'down', from: high };
    return undefined;
  }
}

function hasRisen(from: number, to: number, ppm: number): boolean {
  return to - from >= partOf(from, ppm);
}

function hasFallen(from: number, to: number, ppm: number): boolean {
  return from - to >= partOf(from, ppm);
}

/** Prices that no later one has passed, oldest first: each is the lowest (`sign` 1) or highest from it on. */
class Extremes {
  readonly #sign: 1 | -1;
  #points: SeriesPoint[] = [];
  /** The points before it have left the window. */
  #start = 0;

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  get first(): SeriesPoint | undefined {
    return this.#points[this.#start];
  }

  /** @param from exchange time before which prices leave the window. */
  push(point: SeriesPoint, from: number): void {
    while (this.#points.length > this.#start && this.#isPassedBy(this.#points.at(-1), point))
      this.#points.pop();
    this.#points.push(point);
    while ((this.first?.place.exchangeAt ?? Infinity) < from) this.#start += 1;
    if (this.#start * 2 > this.#points.length) {
      this.#points = this.#points.slice(this.#start);
      this.#start = 0;
    }
  }

  merge(points: readonly SeriesPoint[]): void {
    const all = [...this.#points.slice(this.#start), ...points].toSorted((a, b) =>
      comparePlaces(a.place, b.place),
    );
    this.#points = [];
    this.#start = 0;
    for (const point of all) this.push(point, -Infinity);
  }

  /** The lowest or highest price among those that count from a place on. */
  since(from: ArmedFrom): number | undefined {
    for (let index = this.#start; index < this.#points.length; index += 1) {
      const point = this.#points[index];
      if (point !== undefined && isAtOrAfter(point.place, from)) return point.price;
    }
    return undefined;
  }

  points(from?: ArmedFrom): SeriesPoint[] {
    const all = this.#points.slice(this.#start);
    return from === undefined ? all : all.filter(({ place }) => isAtOrAfter(place, from));
  }

  #isPassedBy(point: SeriesPoint | undefined, later: SeriesPoint): boolean {
    return point !== undefined && this.#sign * later.price <= this.#sign * point.price;
  }
}
