import { greater, lesser } from './columns.ts';
import { LevelLadder } from './level-ladder.ts';
import type { LineIds } from './line-ids.ts';
import { type LineTable, whereabouts } from './line-table.ts';
import type { Place, SeriesPoint } from './place.ts';
import { QuietBands } from './quiet-bands.ts';
import { type Trailing, TrailingSide } from './trailing-side.ts';

/**
 * The armed lines of one series of prices, by their numbers in the symbol's table, all prices integers at
 * one scale. What fires is silent from then on: a trailing stop follows on, others are nowhere.
 */
export class SeriesBook {
  readonly #lines: LineTable;
  readonly #bands: QuietBands;
  /** The number of its band, which says the same as the fields below to whoever does not ask it. */
  readonly band: number;
  /** Nothing happens at a price between the two before this time. */
  #quietAbove = -Infinity;
  #quietBelow = Infinity;
  #quietUntil = Infinity;
  readonly #falling = new LevelLadder();
  readonly #rising = new LevelLadder();
  readonly #fromHighest = new TrailingSide();
  readonly #fromLowest = new TrailingSide();
  readonly #times = new LevelLadder();
  /** A price at or below it may reach something, one at or above `#reachedAbove`, too: between them stops move at most. */
  #reachedBelow = -Infinity;
  #reachedAbove = Infinity;

  #isGathering = false;

  /** @param bands holds its band, until that is released. */
  constructor(lines: LineTable, bands = new QuietBands()) {
    this.#lines = lines;
    this.#bands = bands;
    this.band = bands.add();
  }

  /**
   * What is armed from now on, at most as many as are expected, is put in order by `settle`, all at once; nothing is
   * judged in between.
   */
  gather(expected: number): void {
    this.#isGathering = true;
    for (const ladder of this.#ladders) ladder.gather(expected);
  }

  settle(): void {
    this.#isGathering = false;
    for (const ladder of this.#ladders) ladder.settle();
    this.#findBracket();
  }

  get #ladders(): readonly Pick<LevelLadder, 'gather' | 'settle'>[] {
    return [this.#falling, this.#rising, this.#times, this.#fromHighest, this.#fromLowest];
  }

  /** A price at or below it may reach or move something. */
  get quietAbove(): number {
    return this.#quietAbove;
  }

  /** A price at or above it may reach or move something. */
  get quietBelow(): number {
    return this.#quietBelow;
  }

  /** The exchange time from which a tick reaches something at any price. */
  get quietUntil(): number {
    return this.#quietUntil;
  }

  /** Memory that the lines take, in bytes; the table apart. */
  get bytes(): number {
    return [this.#falling, this.#rising, this.#times, this.#fromHighest, this.#fromLowest].reduce(
      (sum, { bytes }) => sum + bytes,
      0,
    );
  }

  /** Fires at a level of one of `whereabouts`: falling, rising, or a time. */
  armAt(where: number, line: number, value: number): void {
    if (where === whereabouts.falling) this.armFalling(line, value);
    else if (where === whereabouts.rising) this.armRising(line, value);
    else this.armTime(line, value);
  }

  /** Fires at or below an integer price. */
  armFalling(line: number, price: number): void {
    this.#falling.insert(price, line);
    this.#note(line, whereabouts.falling, price, price > this.#reachedBelow);
  }

  /** Fires at or above an integer price. */
  armRising(line: number, price: number): void {
    this.#rising.insert(-price, line);
    this.#note(line, whereabouts.rising, price, price < this.#reachedAbove);
  }

  /** Fires below the highest price since `best`, by `trailing`. */
  armFromHighest(line: number, trailing: Trailing, best?: SeriesPoint): void {
    this.#note(line, whereabouts.fromHighest, this.#fromHighest.arm(line, trailing, best), true);
  }

  /** Fires above the lowest price; all prices of `trailing` and `best` are negated. */
  armFromLowest(line: number, trailing: Trailing, best?: SeriesPoint): void {
    this.#note(line, whereabouts.fromLowest, this.#fromLowest.arm(line, trailing, best), true);
  }

  /** Fires at an exchange time. */
  armTime(line: number, at: number): void {
    this.#times.insert(-at, line);
    this.#note(line, whereabouts.times, at, at < this.#quietUntil);
  }

  disarm(line: number): void {
    const value = this.#lines.value[line] ?? 0;
    let isNearest = true;
    switch (this.#lines.where[line] ?? whereabouts.nowhere) {
      case whereabouts.fromHighest:
        this.#fromHighest.disarm(value);
        break;
      case whereabouts.fromLowest:
        this.#fromLowest.disarm(value);
        break;
      default:
        isNearest = this.#takeOut(line, value);
    }
    this.#lines.where[line] = whereabouts.nowhere;
    if (isNearest) this.#findBracket();
  }

  /** It fires no more; a trailing stop follows on. */
  silence(line: number): void {
    const value = this.#lines.value[line] ?? 0;
    switch (this.#lines.where[line] ?? whereabouts.nowhere) {
      case whereabouts.fromHighest:
        this.#fromHighest.silence(value);
        this.#findBracket();
        break;
      case whereabouts.fromLowest:
        this.#fromLowest.silence(value);
        this.#findBracket();
        break;
      default:
        this.disarm(line);
    }
  }

  /** The best price that a trailing line follows, where a tick has set it. */
  bestOf(line: number): SeriesPoint | undefined {
    const trailer = this.#lines.value[line] ?? 0;
    switch (this.#lines.where[line] ?? whereabouts.nowhere) {
      case whereabouts.fromHighest:
        return this.#fromHighest.bestOf(trailer);
      case whereabouts.fromLowest: {
        const best = this.#fromLowest.bestOf(trailer);
        return best && { place: best.place, price: -best.price };
      }
      default:
        return undefined;
    }
  }

  /** Whether a price reaches nothing and changes nothing, before `quietUntil`. */
  isQuiet(price: number): boolean {
    return price > this.#quietAbove && price < this.#quietBelow;
  }

  /**
   * Judges one tick, silences what it reaches and adds it to `reached`: levels that the price fell to, then
   * those that it rose to, both in the order (price as it came to them, line), then the rest in no order.
   */
  evaluate(price: number, place: Place, reached: LineIds): void {
    const isDue = place.exchangeAt >= this.#quietUntil;
    if (isDue || !(this.isQuiet(price) || this.#onlyMoves(price, place)))
      this.#takeReached(price, place, reached);
  }

  #takeReached(price: number, place: Place, reached: LineIds): void {
    const first = reached.length;
    this.#falling.takeReached(price, reached);
    this.#rising.takeReached(-price, reached);
    this.#times.takeReached(-place.exchangeAt, reached);
    const { where } = this.#lines;
    for (let index = first; index < reached.length; index += 1)
      where[reached.at(index)] = whereabouts.nowhere;
    this.#fromHighest.raise(price, place);
    this.#fromHighest.takeReached(price, reached);
    this.#fromLowest.raise(-price, place);
    this.#fromLowest.takeReached(-price, reached);
    this.#findBracket();
  }

  /** Moves stops with a price that is not quiet. @returns whether it reaches nothing, before they moved and after. */
  #onlyMoves(price: number, place: Place): boolean {
    if (price >= this.#reachedAbove) return false;
    if (price <= this.#quietAbove) return price > this.#reachedBelow && this.#lowers(price, place);
    this.#raise(price, place);
    return price > this.#reachedBelow;
  }

  /** Of a new low, that may be a new high for stops with a lower start, too. */
  #lowers(price: number, place: Place): boolean {
    if (price >= this.#quietBelow) this.#raise(price, place);
    this.#lower(price, place);
    return price > this.#reachedBelow && price < this.#reachedAbove;
  }

  /** Of a new high that reaches nothing. Stops only rise, and no integer lies between it and the next one. */
  #raise(price: number, place: Place): void {
    this.#fromHighest.raise(price, place);
    const reachedBelow = greater(this.#reachedBelow, this.#fromHighest.nearest);
    this.#reachedBelow = reachedBelow;
    this.#quietAbove = greater(this.#quietAbove, reachedBelow);
    this.#quietBelow = price + 1;
    this.#bands.set(this.band, this.#quietAbove, price + 1);
  }

  #lower(price: number, place: Place): void {
    this.#fromLowest.raise(-price, place);
    const reachedAbove = lesser(this.#reachedAbove, -this.#fromLowest.nearest);
    this.#reachedAbove = reachedAbove;
    this.#quietAbove = price - 1;
    this.#quietBelow = lesser(this.#quietBelow, reachedAbove);
    this.#bands.set(this.band, price - 1, this.#quietBelow);
  }

  /** The ticks that set the best prices which trailing stops follow, earliest first. */
  points(follows: 'highest' | 'lowest'): SeriesPoint[] {
    if (follows === 'highest') return this.#fromHighest.points();
    return this.#fromLowest.points().map(({ place, price }) => ({ place, price: -price }));
  }

  /** @param isNearest whether ticks reach or move nothing else as soon as it. */
  #note(line: number, where: number, value: number, isNearest: boolean): void {
    this.#lines.where[line] = where;
    this.#lines.value[line] = value;
    if (isNearest && !this.#isGathering) this.#findBracket();
  }

  /** Takes a level or a time out. @returns whether it was one of those that ticks reach first. */
  #takeOut(line: number, value: number): boolean {
    switch (this.#lines.where[line] ?? whereabouts.nowhere) {
      case whereabouts.falling:
        this.#falling.remove(value, line);
        return value >= this.#reachedBelow;
      case whereabouts.rising:
        this.#rising.remove(-value, line);
        return value <= this.#reachedAbove;
      case whereabouts.times:
        this.#times.remove(-value, line);
        return value <= this.#quietUntil;
      default:
        return false;
    }
  }

  #findBracket(): void {
    this.#reachedBelow = greater(this.#falling.nearest, this.#fromHighest.nearest);
    this.#reachedAbove = lesser(-this.#rising.nearest, -this.#fromLowest.nearest);
    this.#quietUntil = -this.#times.nearest;
    this.#quietAbove = greater(this.#reachedBelow, -this.#fromLowest.movesFrom);
    this.#quietBelow = lesser(this.#reachedAbove, this.#fromHighest.movesFrom);
    this.#bands.set(this.band, this.#quietAbove, this.#quietBelow);
  }
}
