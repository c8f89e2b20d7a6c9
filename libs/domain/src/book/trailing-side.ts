import { LevelLadder } from './level-ladder.ts';
import { LineIds } from './line-ids.ts';
import type { Place, SeriesPoint } from './place.ts';
import { greater, lesser } from './columns.ts';
import { Trailers, atStart, relative } from './trailers.ts';
import { TrailingGroups } from './trailing-groups.ts';

/** A trailing stop in the integers of its series. */
export interface Trailing {
  /** An amount, or parts per million of the best price. */
  readonly offset: number;
  readonly isRelative: boolean;
  /** Where it stands until a tick passes its start. */
  readonly stop: number;
  /** The lowest price that passes its start. */
  readonly movesFrom: number;
}

/**
 * The trailing stops of a series that follow its highest price; those that follow the lowest are kept
 * the same way with negated prices.
 */
export class TrailingSide {
  readonly #trailers = new Trailers();
  /** Stops that no tick has moved yet, and the prices that move them, both by trailer. */
  readonly #stops = new LevelLadder();
  readonly #starts = new LevelLadder();
  readonly #groups = new TrailingGroups(this.#trailers);
  readonly #taken = new LineIds();

  /** The price at or below which a stop fires. */
  get nearest(): number {
    return greater(this.#stops.nearest, this.#groups.nearest);
  }

  /** The lowest price that moves a stop. */
  get movesFrom(): number {
    return lesser(-this.#starts.nearest, this.#groups.raisedFrom);
  }

  /** Memory that the stops take, in bytes. */
  get bytes(): number {
    return this.#trailers.bytes + this.#stops.bytes + this.#starts.bytes + this.#groups.bytes;
  }

  /** What is armed from now on, at most as many as are expected, is put in order by `settle`, all at once. */
  gather(expected: number): void {
    this.#stops.gather(expected);
    this.#starts.gather(expected);
  }

  settle(): void {
    this.#stops.settle();
    this.#starts.settle();
  }

  /**
   * @param best the best price that a tick has set which counts for it.
   * @returns the trailer by which it is known here.
   */
  arm(line: number, { offset, isRelative, stop, movesFrom }: Trailing, best?: SeriesPoint): number {
    const trailers = this.#trailers;
    const trailer = trailers.add(line, offset);
    trailers.state[trailer] = isRelative ? relative : 0;
    if (best !== undefined && best.price >= movesFrom) {
      this.#groups.insert(trailer, best);
      return trailer;
    }
    trailers.state[trailer] = (trailers.state[trailer] ?? 0) | atStart;
    trailers.prices[trailer * 2] = stop;
    trailers.prices[trailer * 2 + 1] = movesFrom;
    this.#stops.insert(stop, trailer);
    this.#starts.insert(-movesFrom, trailer);
    return trailer;
  }

  disarm(trailer: number): void {
    const trailers = this.#trailers;
    if (this.#isAtStart(trailer)) {
      this.#stops.remove(trailers.prices[trailer * 2] ?? 0, trailer);
      this.#starts.remove(-(trailers.prices[trailer * 2 + 1] ?? 0), trailer);
    } else {
      this.#groups.remove(trailer);
    }
    trailers.release(trailer);
  }

  /** It has fired: it follows on, and fires no more. */
  silence(trailer: number): void {
    const { offset, prices } = this.#trailers;
    if (this.#isAtStart(trailer)) {
      this.#stops.remove(prices[trailer * 2] ?? 0, trailer);
      offset[trailer] = Infinity;
    } else {
      this.#groups.silence(trailer);
    }
  }

  /** The best price that it follows, where a tick has set it. */
  bestOf(trailer: number): SeriesPoint | undefined {
    return this.#isAtStart(trailer) ? undefined : this.#groups.bestOf(trailer);
  }

  /** A tick at `price`: what has seen nothing higher follows it from now on. */
  raise(price: number, place: Place): void {
    this.#groups.raise(price, place);
    if (-this.#starts.nearest <= price) this.#moveFromStart(price, place);
  }

  /** Silences every stop that a fall to `price` reaches, and adds its line. */
  takeReached(price: number, reached: LineIds): void {
    if (this.#stops.nearest >= price) {
      const { offset, line } = this.#trailers;
      const taken = this.#taken;
      taken.clear();
      this.#stops.takeReached(price, taken);
      for (let index = 0; index < taken.length; index += 1) {
        const trailer = taken.at(index);
        offset[trailer] = Infinity;
        reached.push(line[trailer] ?? 0);
      }
    }
    this.#groups.takeReached(price, reached);
  }

  /** The ticks that set the best prices which stops follow, earliest first. */
  points(): SeriesPoint[] {
    return this.#groups.points();
  }

  #moveFromStart(price: number, place: Place): void {
    const { offset, prices, state } = this.#trailers;
    const passed = this.#taken;
    passed.clear();
    this.#starts.takeReached(-price, passed);
    for (let index = 0; index < passed.length; index += 1) {
      const trailer = passed.at(index);
      if (offset[trailer] !== Infinity) this.#stops.remove(prices[trailer * 2] ?? 0, trailer);
      state[trailer] = (state[trailer] ?? 0) & ~atStart;
      this.#groups.insert(trailer, { price, place });
    }
  }

  #isAtStart(trailer: number): boolean {
    return ((this.#trailers.state[trailer] ?? 0) & atStart) !== 0;
  }
}
