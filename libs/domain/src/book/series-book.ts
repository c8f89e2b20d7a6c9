import { type Decimal, add, ceilAt, floorAt, multiply, subtract } from '../units.ts';
import { type Level, LevelLadder } from './level-ladder.ts';
import type { Armed, FixedLine, LineReason, MoveLine, TimeLine, TrailingLine } from './line.ts';
import { partsPerMillion } from './parts-per-million.ts';
import type { Place, SeriesPoint } from './place.ts';
import { type Moved, type Mover, PriceWindow, type WindowPoints } from './price-window.ts';
import { type Follower, TrailingSide } from './trailing-side.ts';

/** What earlier ticks have left for a line: a trailing stop's best price, a move's window. */
export interface LineMemory {
  readonly best?: SeriesPoint;
  readonly window?: WindowPoints;
}

/** A line as it lies in the book of its series. */
export interface BookLine {
  /** How to take it out again. */
  readonly disarm: () => void;
  /** It has fired: it fires no more, but what it follows it goes on following. */
  readonly silence: () => void;
  readonly memory: () => LineMemory;
}

/** A line that a tick reached, and the exact level at which it stood. */
export interface ReachedLine {
  readonly key: string;
  readonly reason: LineReason;
  readonly level: Decimal;
  /** Whether the price came down to it; up otherwise. */
  readonly isFall: boolean;
}

/** Prices that a restart must know again: those that trailing stops follow, or those of a window. */
export interface SeriesExtremes {
  readonly direction: 'highest' | 'lowest';
  readonly windowMs?: number;
  readonly points: readonly SeriesPoint[];
}

/**
 * The armed lines of one series of prices, all prices integers at one scale. A level between two price
 * steps is rounded to the step that decides: the nearest price that would reach it.
 */
export class SeriesBook {
  readonly #scale: number;
  readonly #falling = new LevelLadder<FixedArmed>();
  readonly #rising = new LevelLadder<FixedArmed>();
  readonly #fromHighest: TrailingSide;
  readonly #fromLowest: TrailingSide;
  readonly #times = new LevelLadder<Armed>();
  readonly #windows = new Map<number, PriceWindow>();
  /** Nothing happens at a price between the two before this time. */
  #quietAbove = -Infinity;
  #quietBelow = Infinity;
  #quietUntil = Infinity;

  constructor(scale: number) {
    this.#scale = scale;
    this.#fromHighest = new TrailingSide(1, scale);
    this.#fromLowest = new TrailingSide(-1, scale);
  }

  /** The exchange time from which no tick is quiet. */
  get quietUntil(): number {
    return this.#quietUntil;
  }

  /** @param memory what ticks that count for it have left. */
  arm(armed: Armed, memory: LineMemory = {}): BookLine {
    const found = this.#arm(armed, memory);
    this.#findBracket();
    return {
      disarm: () => {
        found.disarm();
        this.#findBracket();
      },
      silence: () => {
        found.silence();
        this.#findBracket();
      },
      memory: found.memory,
    };
  }

  /** Whether a price reaches nothing and changes nothing, before `quietUntil`. */
  isQuiet(price: number): boolean {
    return price > this.#quietAbove && price < this.#quietBelow;
  }

  /** Judges one tick and silences what it reaches. */
  evaluate(price: number, place: Place): readonly ReachedLine[] {
    if (this.isQuiet(price) && place.exchangeAt < this.#quietUntil) return none;
    this.#fromHighest.raise(price, place);
    this.#fromLowest.raise(-price, place);
    const reached = [
      ...this.#falling.takeReached(price).map(levelReached),
      ...this.#rising.takeReached(-price).map(levelReached),
      ...this.#fromHighest.takeReached(price).map(stopReached),
      ...this.#fromLowest.takeReached(-price).map(stopReached),
      ...this.#times.takeReached(-place.exchangeAt).map(({ owner }) => this.#timeReached(owner, price)),
      ...[...this.#windows.values()].flatMap((window) =>
        window.evaluate(price, place).map((moved) => this.#moveMade(moved)),
      ),
    ];
    this.#findBracket();
    return reached;
  }

  extremes(): SeriesExtremes[] {
    const windows = [...this.#windows].flatMap(([windowMs, window]) => {
      const { lowest, highest } = window.points();
      return [
        { direction: 'highest', windowMs, points: highest } as const,
        { direction: 'lowest', windowMs, points: lowest } as const,
      ];
    });
    const found: SeriesExtremes[] = [
      { direction: 'highest', points: this.#fromHighest.points() },
      { direction: 'lowest', points: this.#fromLowest.points().map(negated) },
      ...windows,
    ];
    return found.filter(({ points }) => points.length > 0);
  }

  #arm(armed: Armed, { best, window }: LineMemory): BookLine {
    const { line } = armed;
    switch (line.kind) {
      case 'fixed':
        return this.#armFixed(armed, line);
      case 'trailing':
        return this.#armTrailing(armed, line, best);
      case 'time':
        return this.#armTime(armed, line);
      case 'move':
        return this.#armMove(armed, line, window);
    }
  }

  #armFixed(armed: Armed, line: FixedLine): BookLine {
    const isFall = line.fires === 'atOrBelow';
    const price = isFall ? floorAt(line.price, this.#scale) : -ceilAt(line.price, this.#scale);
    const owner = { key: armed.key, line };
    return onLadder(isFall ? this.#falling : this.#rising, { price: Number(price), key: armed.key, owner });
  }

  #armTrailing(armed: Armed, line: TrailingLine, best: SeriesPoint | undefined): BookLine {
    const isHighest = line.follows === 'highest';
    const side = isHighest ? this.#fromHighest : this.#fromLowest;
    const follower = side.arm(armed, line, best === undefined || isHighest ? best : negated(best));
    return {
      disarm: () => side.disarm(follower),
      silence: () => side.silence(follower),
      memory: () => {
        const found = side.bestOf(follower);
        return found === undefined ? {} : { best: isHighest ? found : negated(found) };
      },
    };
  }

  #armTime(armed: Armed, line: TimeLine): BookLine {
    return onLadder(this.#times, { price: -line.at, key: armed.key, owner: armed });
  }

  #armMove(armed: Armed, line: MoveLine, known: WindowPoints | undefined): BookLine {
    const { windowMs } = line;
    const window = this.#windows.get(windowMs) ?? new PriceWindow(windowMs);
    this.#windows.set(windowMs, window);
    const mover: Mover = { armed, line, isSilent: false };
    window.add(mover, known);
    return {
      disarm: () => {
        window.remove(mover);
        if (window.size === 0 && this.#windows.get(windowMs) === window) this.#windows.delete(windowMs);
      },
      silence: () => {
        mover.isSilent = true;
      },
      memory: () => ({ window: window.points(armed.armedFrom) }),
    };
  }

  /** A time has no level of its own: it executes at the price that there is. */
  #timeReached({ key, line: { reason } }: Armed, price: number): ReachedLine {
    return { key, reason, level: this.#exact(price), isFall: true };
  }

  #moveMade({ mover: { armed, line }, direction, from }: Moved): ReachedLine {
    const { key } = armed;
    const start = this.#exact(from);
    const part = multiply(start, partsPerMillion(line.ppm));
    const isFall = direction === 'down';
    return { key, reason: line.reason, level: isFall ? subtract(start, part) : add(start, part), isFall };
  }

  #exact(price: number): Decimal {
    return { units: BigInt(price), scale: this.#scale };
  }

  #findBracket(): void {
    this.#quietUntil = this.#windows.size > 0 ? -Infinity : -this.#times.nearest;
    this.#quietAbove = Math.max(
      this.#falling.nearest,
      this.#fromHighest.nearest,
      -this.#fromLowest.movesFrom,
    );
    this.#quietBelow = Math.min(
      -this.#rising.nearest,
      -this.#fromLowest.nearest,
      this.#fromHighest.movesFrom,
    );
  }
}

const none: readonly ReachedLine[] = [];

interface FixedArmed {
  readonly key: string;
  readonly line: FixedLine;
}

function onLadder<Owner>(ladder: LevelLadder<Owner>, level: Level<Owner>): BookLine {
  ladder.insert(level);
  const remove = (): void => ladder.remove(level);
  return { disarm: remove, silence: remove, memory: () => ({}) };
}

function levelReached({ owner: { key, line } }: Level<FixedArmed>): ReachedLine {
  return { key, reason: line.reason, level: line.price, isFall: line.fires === 'atOrBelow' };
}

function stopReached({ follower, level }: { follower: Follower; level: Decimal }): ReachedLine {
  const { armed, line } = follower;
  return { key: armed.key, reason: line.reason, level, isFall: line.follows === 'highest' };
}

function negated({ place, price }: SeriesPoint): SeriesPoint {
  return { place, price: -price };
}
