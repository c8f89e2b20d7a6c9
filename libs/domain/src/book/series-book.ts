import { type Decimal, add, ceilAt, compare, floorAt, negate, subtract } from '../units.ts';
import { type Level, LevelLadder } from './level-ladder.ts';
import type { Line, LineReason } from './line.ts';
import { type Followed, type Place, type Trailer, TrailingGroups } from './trailing-groups.ts';

/** A line of one armed thing, as it lies in the book of its series. */
export interface BookLine {
  readonly key: string;
  readonly line: Line;
  /** How to take it out again. */
  readonly disarm: () => void;
  /** It has fired, or what it belongs to has: it fires no more, and a trailing one follows on. */
  readonly silence: () => void;
}

/** A line that a tick reached, and the exact level at which it stood. */
export interface ReachedLine {
  readonly key: string;
  readonly reason: LineReason;
  readonly level: Decimal;
}

/** A best price that a trailing stop follows, with the tick that set it, at the series' scale. */
export interface SeriesPoint {
  readonly place: Place;
  readonly price: number;
}

/**
 * The armed lines of one series of prices, all prices integers at one scale. A level between two price
 * steps is rounded to the step that decides: the nearest price that would reach it.
 */
export class SeriesBook {
  readonly #scale: number;
  readonly #falling = new LevelLadder<Line>();
  readonly #rising = new LevelLadder<Line>();
  readonly #fromHighest = new TrailingGroups<Line>();
  readonly #fromLowest = new TrailingGroups<Line>();
  /** Nothing happens at a price between the two. */
  #quietAbove = -Infinity;
  #quietBelow = Infinity;

  constructor(scale: number) {
    this.#scale = scale;
  }

  /** @param best the best price since arming, where a tick has set it. */
  arm(key: string, line: Line, best?: SeriesPoint): BookLine {
    const armed = line.kind === 'fixed' ? this.#armFixed(key, line) : this.#armTrailing(key, line, best);
    this.#findBracket();
    const disarm = (): void => {
      armed.disarm();
      this.#findBracket();
    };
    return { key, line, disarm, silence: armed.silence ?? disarm };
  }

  isQuiet(price: number): boolean {
    return price > this.#quietAbove && price < this.#quietBelow;
  }

  /** Judges one tick and takes out what it reaches; in an order that depends on prices and keys alone. */
  evaluate(price: number, place: Place): readonly ReachedLine[] {
    if (this.isQuiet(price)) return none;
    this.#fromHighest.raise(price, place);
    this.#fromLowest.raise(-price, place);
    const reached = [
      ...this.#falling.takeReached(price).map(fixedLevel),
      ...this.#rising.takeReached(-price).map(fixedLevel),
      ...this.#fromHighest.takeReached(price).map((found) => this.#trailingLevel(found, 1)),
      ...this.#fromLowest.takeReached(-price).map((found) => this.#trailingLevel(found, -1)),
    ];
    this.#findBracket();
    return reached;
  }

  points(follows: 'highest' | 'lowest'): SeriesPoint[] {
    return follows === 'highest'
      ? this.#fromHighest.points()
      : this.#fromLowest.points().map(({ place, price }) => ({ place, price: -price }));
  }

  /** The best price that each trailing line follows, armed or silent, where a tick has set it. */
  best(): Map<Line, SeriesPoint> {
    const found = new Map<Line, SeriesPoint>();
    for (const { trailer, watermark, place } of this.#fromHighest.entries())
      if (place !== undefined) found.set(trailer.owner, { place, price: watermark });
    for (const { trailer, watermark, place } of this.#fromLowest.entries())
      if (place !== undefined) found.set(trailer.owner, { place, price: -watermark });
    return found;
  }

  #armFixed(key: string, line: Line & { kind: 'fixed' }): Armament {
    const ladder = line.fires === 'atOrBelow' ? this.#falling : this.#rising;
    const price =
      line.fires === 'atOrBelow' ? floorAt(line.price, this.#scale) : -ceilAt(line.price, this.#scale);
    const level: Level<Line> = { price: Number(price), key, owner: line };
    ladder.insert(level);
    return { disarm: () => ladder.remove(level) };
  }

  #armTrailing(key: string, line: Line & { kind: 'trailing' }, best: SeriesPoint | undefined): Armament {
    const sign = line.follows === 'highest' ? 1 : -1;
    const groups = sign === 1 ? this.#fromHighest : this.#fromLowest;
    const offset = Number(ceilAt(line.distance, this.#scale));
    // The stop counted from the start price, rounded to the step that decides, and the watermark it stands for.
    const start = sign === 1 ? line.start : negate(line.start);
    const watermark = Number(floorAt(subtract(start, line.distance), this.#scale)) + offset;
    const trailer: Trailer<Line> = { key, offset, owner: line, state: 'armed' };
    if (best !== undefined && sign * best.price >= watermark)
      groups.insert(trailer, sign * best.price, best.place);
    else groups.insert(trailer, watermark, undefined);
    return {
      disarm: () => groups.remove(trailer),
      silence: () => {
        if (trailer.state === 'armed') trailer.state = 'following';
      },
    };
  }

  #trailingLevel({ trailer, watermark, place }: Followed<Line>, sign: 1 | -1): ReachedLine {
    const { key, owner: line } = trailer;
    if (line.kind === 'fixed') return { key, reason: line.reason, level: line.price };
    const seen: Decimal = { units: BigInt(sign * watermark), scale: this.#scale };
    const isBetter = place !== undefined && sign * compare(seen, line.start) > 0;
    const best = isBetter ? seen : line.start;
    const level = sign === 1 ? subtract(best, line.distance) : add(best, line.distance);
    return { key, reason: line.reason, level };
  }

  #findBracket(): void {
    this.#quietAbove = Math.max(
      this.#falling.nearest,
      this.#fromHighest.nearest,
      -this.#fromLowest.raisedFrom,
    );
    this.#quietBelow = Math.min(
      -this.#rising.nearest,
      -this.#fromLowest.nearest,
      this.#fromHighest.raisedFrom,
    );
  }
}

type Armament = Pick<BookLine, 'disarm'> & Partial<Pick<BookLine, 'silence'>>;

const none: readonly ReachedLine[] = [];

function fixedLevel({ key, owner }: Level<Line>): ReachedLine {
  return {
    key,
    reason: owner.reason,
    level: owner.kind === 'fixed' ? owner.price : owner.start,
  };
}
