import { type Decimal, add, ceilAt, floorAt, multiply, negate, subtract } from '../units.ts';
import type { Armed, TrailingDistance, TrailingLine } from './line.ts';
import { type Level, LevelLadder } from './level-ladder.ts';
import { partOf, partsPerMillion } from './parts-per-million.ts';
import { type Place, type SeriesPoint, comparePlaces } from './place.ts';
import { type Trailer, TrailingGroups } from './trailing-groups.ts';

/** A trailing line in the book: at its start, or in a group once a tick has passed that. */
export interface Follower {
  readonly armed: Armed;
  readonly line: TrailingLine;
  isSilent: boolean;
  atStart?: { readonly stop: Level<Follower>; readonly passed: Level<Follower> };
  trailer?: Trailer<Follower>;
}

/**
 * The trailing stops of a series that follow its highest price (`sign` 1) or its lowest (-1). Prices come
 * in and go out times `sign`, so that all of them follow the highest.
 */
export class TrailingSide {
  readonly #sign: 1 | -1;
  readonly #scale: number;
  /** Stops that no tick has moved yet, and the prices that move them. */
  readonly #stops = new LevelLadder<Follower>();
  readonly #starts = new LevelLadder<Follower>();
  readonly #absolute = new TrailingGroups<Follower>((watermark, offset) => watermark - offset);
  readonly #relative = new TrailingGroups<Follower>(
    (watermark, ppm) => watermark - partOf(Math.abs(watermark), ppm),
  );

  constructor(sign: 1 | -1, scale: number) {
    this.#sign = sign;
    this.#scale = scale;
  }

  /** The price at or below which a stop fires. It may be too high after a disarming, never too low. */
  get nearest(): number {
    return Math.max(this.#stops.nearest, this.#absolute.nearest, this.#relative.nearest);
  }

  /** The lowest price that moves a stop. */
  get movesFrom(): number {
    return Math.min(-this.#starts.nearest, this.#absolute.raisedFrom, this.#relative.raisedFrom);
  }

  arm(armed: Armed, line: TrailingLine, best: SeriesPoint | undefined): Follower {
    const follower: Follower = { armed, line, isSilent: false };
    const passedFrom = this.#floor(line.start) + 1;
    if (best !== undefined && best.price >= passedFrom) {
      this.#join(follower, best);
    } else {
      const { key } = armed;
      const stop = { price: this.#floor(stopFrom(line, line.start)), key, owner: follower };
      const passed = { price: -passedFrom, key, owner: follower };
      this.#stops.insert(stop);
      this.#starts.insert(passed);
      follower.atStart = { stop, passed };
    }
    return follower;
  }

  disarm(follower: Follower): void {
    const { atStart, trailer } = follower;
    if (atStart !== undefined) {
      this.#stops.remove(atStart.stop);
      this.#starts.remove(atStart.passed);
    }
    if (trailer !== undefined) this.#groupsOf(follower.line.distance).remove(trailer);
  }

  /** It has fired: it follows on, and fires no more. */
  silence(follower: Follower): void {
    follower.isSilent = true;
    if (follower.atStart !== undefined) this.#stops.remove(follower.atStart.stop);
    if (follower.trailer?.state === 'armed') follower.trailer.state = 'following';
  }

  /** The best price that it follows, where a tick has set it. */
  bestOf({ line, trailer }: Follower): SeriesPoint | undefined {
    return trailer && this.#groupsOf(line.distance).bestOf(trailer);
  }

  /** A tick at `price`: what has seen nothing higher follows it from now on. */
  raise(price: number, place: Place): void {
    this.#absolute.raise(price, place);
    this.#relative.raise(price, place);
    for (const { owner } of this.#starts.takeReached(-price)) {
      if (owner.atStart !== undefined) this.#stops.remove(owner.atStart.stop);
      delete owner.atStart;
      this.#join(owner, { price, place });
    }
  }

  /** Silences every stop that a fall to `price` reaches: each with the exact level at which it stood. */
  takeReached(price: number): { readonly follower: Follower; readonly level: Decimal }[] {
    const reached = this.#stops
      .takeReached(price)
      .map(({ owner }) => ({ follower: owner, level: stopFrom(owner.line, owner.line.start) }));
    for (const groups of [this.#absolute, this.#relative])
      for (const trailer of groups.takeReached(price)) {
        const units = BigInt(this.#sign * (groups.bestOf(trailer)?.price ?? 0));
        const level = stopFrom(trailer.owner.line, { units, scale: this.#scale });
        reached.push({ follower: trailer.owner, level });
      }
    for (const { follower } of reached) follower.isSilent = true;
    return reached;
  }

  /** The ticks that set the best prices which stops follow, earliest first. */
  points(): SeriesPoint[] {
    return [...this.#absolute.points(), ...this.#relative.points()].toSorted((a, b) =>
      comparePlaces(a.place, b.place),
    );
  }

  #join(follower: Follower, best: SeriesPoint): void {
    const { armed, line, isSilent } = follower;
    const { distance } = line;
    const offset = 'ppm' in distance ? distance.ppm : Number(ceilAt(distance.absolute, this.#scale));
    const trailer: Trailer<Follower> = {
      key: armed.key,
      offset: isSilent ? Infinity : offset,
      owner: follower,
      state: isSilent ? 'following' : 'armed',
    };
    follower.trailer = trailer;
    this.#groupsOf(distance).insert(trailer, best);
  }

  #groupsOf(distance: TrailingDistance): TrailingGroups<Follower> {
    return 'ppm' in distance ? this.#relative : this.#absolute;
  }

  #floor(price: Decimal): number {
    return Number(floorAt(this.#sign === 1 ? price : negate(price), this.#scale));
  }
}

/** The stop of a line whose best price is `best`, exactly. */
function stopFrom({ follows, distance }: TrailingLine, best: Decimal): Decimal {
  const part = 'ppm' in distance ? multiply(best, partsPerMillion(distance.ppm)) : distance.absolute;
  return follows === 'highest' ? subtract(best, part) : add(best, part);
}
