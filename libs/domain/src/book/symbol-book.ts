import { type ArmedFrom, type PriceSeries, isAtOrAfter } from '../market/tick.ts';
import { type Decimal, add, compare, multiply, subtract } from '../units.ts';
import type { ColdLines } from './cold-lines.ts';
import { longerIndexes, nextLength, noIndexes } from './columns.ts';
import { LevelLadder } from './level-ladder.ts';
import { type Armed, type Line, type LineReason, precedence } from './line.ts';
import { LineIds } from './line-ids.ts';
import { type LineNumbers, numbersOf, stopFrom } from './line-numbers.ts';
import { LineTable, whereabouts } from './line-table.ts';
import { partsPerMillion } from './parts-per-million.ts';
import type { Place, SeriesPoint } from './place.ts';
import { type Moved, type Mover, PriceWindow, type WindowPoints } from './price-window.ts';
import { SeriesBook } from './series-book.ts';

/** What earlier ticks have left for a line: a trailing stop's best price, a move's window. */
export interface LineMemory {
  readonly best?: SeriesPoint;
  readonly window?: WindowPoints;
}

/** A line that a tick has reached, in which series, and the exact level at which it stood. */
export interface Reached {
  readonly key: string;
  readonly reason: LineReason;
  readonly series: PriceSeries;
  readonly level: Decimal;
  /** Whether the price came down to it; up otherwise. */
  readonly isFall: boolean;
}

/** One tick of a symbol: prices are integers at the book's scale. */
export interface BookTick {
  readonly place: Place;
  readonly prices: readonly { readonly series: PriceSeries; readonly price: number }[];
}

/** Prices that a restart must know again: those that trailing stops follow, or those of a window. */
export interface BookExtremes {
  readonly series: PriceSeries;
  readonly direction: 'highest' | 'lowest';
  readonly windowMs?: number;
  readonly points: readonly SeriesPoint[];
}

const allSeries = ['trade', 'bid', 'ask', 'mark'] as const satisfies readonly PriceSeries[];

/** What is known of an armed line beside its numbers. */
const isActive = 1;
const isSilent = 2;
/** No row: the line is an object. */
const none = 0xffffffff;

/**
 * Every line that is armed on one symbol. A tick that reaches nothing costs two comparisons a series.
 * What fires does so once: it is silent until it is armed again, where it stands by then.
 */
export class SymbolBook {
  readonly scale: number;
  readonly #lines = new LineTable();
  readonly #series: Partial<Record<PriceSeries, SeriesBook>> = {};
  readonly #windows: Partial<Record<PriceSeries, Map<number, PriceWindow>>> = {};
  readonly #ids = new Map<string, number>();
  /** By line; `undefined` where a number is free, or the line is cold. */
  readonly #armed: (Armed | undefined)[] = [];
  #cold: ColdLines | undefined;
  /** By line: the row of a cold one. */
  #rows = noIndexes;
  #coldCount = 0;
  #isGathering = false;
  readonly #flags: number[] = [];
  readonly #movers = new Map<number, Mover>();
  #silent = 0;
  /** Armed for a later time or place, by how early that may be. */
  readonly #waiting = new LevelLadder();
  /** No active line counts from a later time. */
  #activeFrom = -Infinity;
  readonly #reached = new LineIds();

  constructor(scale: number) {
    this.scale = scale;
  }

  /** How many lines can fire. */
  get size(): number {
    return this.#ids.size + this.#coldCount - this.#silent;
  }

  /** Whether it is armed and has not fired. */
  has(key: string): boolean {
    const id = this.#ids.get(key);
    return id !== undefined && !this.#is(id, isSilent);
  }

  /** The line of this key, armed or silent. */
  armedOf(key: string): Armed | undefined {
    const id = this.#ids.get(key);
    return id === undefined ? undefined : this.#armed[id];
  }

  /**
   * Arms a line from the next tick on, or from its `armedFrom` where that is still to come.
   *
   * @param next the place of the next tick to be judged.
   * @param memory what ticks before `next` that count for it have left.
   */
  arm(armed: Armed, next: Place, memory: LineMemory = {}): void {
    this.disarm(armed.key);
    const id = this.#lines.add();
    this.#ids.set(armed.key, id);
    this.#armed[id] = armed;
    this.#flags[id] = 0;
    if (isAtOrAfter(next, armed.armedFrom)) this.#activate(id, armed, memory);
    else this.#waiting.insert(-earliest(armed.armedFrom), id);
  }

  /** Many lines are adopted from now on, and put in order by `settle`, all at once; nothing is judged in between. */
  gather(count: number): void {
    this.#isGathering = true;
    this.#lines.reserve(count);
    this.#growRows(this.#armed.length + count);
    for (const series of Object.values(this.#series)) series.gather();
  }

  settle(): void {
    this.#isGathering = false;
    for (const series of Object.values(this.#series)) series.settle();
  }

  /**
   * Takes up a line from columns, at this book's scale, for which every tick from now on counts. It has no key here
   * until it is thawed.
   *
   * @param cold the same for all lines of a book.
   * @param best the best price that a tick has set which counts for it, where it trails.
   * @returns its number.
   */
  adopt(cold: ColdLines, row: number, series: PriceSeries, numbers: LineNumbers, best?: SeriesPoint): number {
    const id = this.#lines.add();
    this.#cold = cold;
    this.#coldCount += 1;
    this.#armed[id] = undefined;
    this.#flags[id] = isActive;
    if (id >= this.#rows.length) this.#growRows(nextLength(id));
    this.#rows[id] = row;
    this.#activeFrom = Math.max(this.#activeFrom, cold.countsFrom(row));
    this.#watch(id, series, numbers, best);
    return id;
  }

  /** A cold line is an object from now on: it stands where it stood. */
  thaw(id: number, armed: Armed): void {
    if ((this.#rows[id] ?? none) === none) return;
    this.#rows[id] = none;
    this.#coldCount -= 1;
    this.#armed[id] = armed;
    this.#ids.set(armed.key, id);
  }

  /** Arms again, from the next tick on, what has fired and is not disarmed. */
  rearm(key: string, next: Place): void {
    const id = this.#ids.get(key);
    const armed = id === undefined ? undefined : this.#armed[id];
    if (id === undefined || armed === undefined || !this.#is(id, isSilent)) return;
    this.arm(armed, next, this.#memoryOf(id, armed));
  }

  /** Takes up what has fired before it came here, silent from the start; the parameters are those of `arm`. */
  armFired(armed: Armed, next: Place, memory?: LineMemory): void {
    this.arm(armed, next, memory);
    this.#silence(this.#ids.get(armed.key) ?? 0, armed);
  }

  disarm(key: string): boolean {
    const id = this.#ids.get(key);
    const armed = id === undefined ? undefined : this.#armed[id];
    if (id === undefined || armed === undefined) return false;
    if (this.#is(id, isActive)) this.#takeOut(id, armed);
    else this.#waiting.remove(-earliest(armed.armedFrom), id);
    if (this.#is(id, isSilent)) this.#silent -= 1;
    this.#ids.delete(key);
    this.#armed[id] = undefined;
    this.#lines.release(id);
    return true;
  }

  /** What the ticks so far have left for a line. */
  memoryOf(key: string): LineMemory {
    const id = this.#ids.get(key);
    const armed = id === undefined ? undefined : this.#armed[id];
    return id === undefined || armed === undefined ? {} : this.#memoryOf(id, armed);
  }

  /** True when no price of the series from `low` to `high`, up to this time, reaches or changes anything. */
  isQuiet(series: PriceSeries, low: number, high: number, exchangeAt: number): boolean {
    if (exchangeAt >= -this.#waiting.nearest || this.#windows[series] !== undefined) return false;
    const book = this.#series[series];
    return (
      book === undefined || (low > book.quietAbove && high < book.quietBelow && exchangeAt < book.quietUntil)
    );
  }

  /**
   * Judges one tick: the lines that it reaches, those that protect first, of the same kind those that the
   * price came to first. The order depends on lines and keys alone.
   */
  evaluate(tick: BookTick): readonly Reached[] {
    const { exchangeAt } = tick.place;
    if (exchangeAt >= -this.#waiting.nearest) this.#activateDue(tick.place);
    return exchangeAt < this.#activeFrom ? this.#evaluateEarlier(tick) : this.#evaluate(tick);
  }

  /** What a restart must know to go on: best prices that are followed, and the windows of moves. */
  extremes(): BookExtremes[] {
    const found: BookExtremes[] = [];
    for (const series of allSeries) {
      const book = this.#series[series];
      for (const direction of ['highest', 'lowest'] as const)
        found.push({ series, direction, points: book?.points(direction) ?? [] });
      for (const [windowMs, window] of this.#windows[series] ?? []) {
        const { highest, lowest } = window.points();
        found.push({ series, direction: 'highest', windowMs, points: highest });
        found.push({ series, direction: 'lowest', windowMs, points: lowest });
      }
    }
    return found.filter(({ points }) => points.length > 0);
  }

  /** The same book at a finer scale. */
  atScale(scale: number, next: Place): SymbolBook {
    const finer = new SymbolBook(scale);
    for (const id of this.#armed.keys()) this.#objectOf(id);
    const factor = 10 ** (scale - this.scale);
    for (const [id, armed] of this.#armed.entries()) {
      if (armed === undefined) continue;
      const memory = scaled(this.#memoryOf(id, armed), factor);
      if (this.#is(id, isSilent)) finer.armFired(armed, next, memory);
      else finer.arm(armed, next, memory);
    }
    return finer;
  }

  /** The line, which is cold no more; `undefined` where the number is free. */
  #objectOf(id: number): Armed | undefined {
    const row = this.#rows[id] ?? none;
    if (row !== none) this.#cold?.thaw(row);
    return this.#armed[id];
  }

  #growRows(length: number): void {
    const before = this.#rows.length;
    if (length > before) this.#rows = longerIndexes(this.#rows, length).fill(none, before);
  }

  #is(id: number, flag: number): boolean {
    return ((this.#flags[id] ?? 0) & flag) !== 0;
  }

  #evaluate(tick: BookTick): readonly Reached[] {
    const found: Reached[] = [];
    const ids = this.#reached;
    for (const { series, price } of tick.prices) {
      ids.clear();
      const book = this.#series[series];
      book?.evaluate(price, tick.place, ids);
      for (let index = 0; index < ids.length; index += 1) {
        const id = ids.at(index);
        const armed = this.#objectOf(id);
        if (armed === undefined) continue;
        this.#noteSilent(id);
        found.push(this.#reachedBy(armed, price, book?.bestOf(id)));
      }
      const windows = this.#windows[series];
      if (windows !== undefined)
        for (const window of windows.values())
          for (const moved of window.evaluate(price, tick.place)) found.push(this.#movedBy(moved));
    }
    return found.length < 2 ? found : found.toSorted(byProtection);
  }

  #reachedBy({ key, line }: Armed, price: number, best: SeriesPoint | undefined): Reached {
    const { reason, series } = line;
    switch (line.kind) {
      case 'fixed':
        return { key, reason, series, level: line.price, isFall: line.fires === 'atOrBelow' };
      case 'trailing': {
        const level = stopFrom(line, best === undefined ? line.start : this.#exact(best.price));
        return { key, reason, series, level, isFall: line.follows === 'highest' };
      }
      case 'time':
      case 'move':
        // A time has no level of its own: it executes at the price that there is.
        return { key, reason, series, level: this.#exact(price), isFall: true };
    }
  }

  #movedBy({ mover: { armed, line }, direction, from }: Moved): Reached {
    const { key } = armed;
    this.#noteSilent(this.#ids.get(key) ?? 0);
    const { reason, series, ppm } = line;
    const start = this.#exact(from);
    const part = multiply(start, partsPerMillion(ppm));
    const isFall = direction === 'down';
    return { key, reason, series, level: isFall ? subtract(start, part) : add(start, part), isFall };
  }

  #exact(price: number): Decimal {
    return { units: BigInt(price), scale: this.scale };
  }

  /**
   * Judges a tick from before the time from which some lines count; they take no notice of it. Rare: times
   * run backwards only a little, where venues differ.
   */
  #evaluateEarlier(tick: BookTick): readonly Reached[] {
    const later: { id: number; armed: Armed; memory: LineMemory }[] = [];
    for (const id of this.#armed.keys()) {
      if (!this.#is(id, isActive) || this.#countsAt(id, tick.place)) continue;
      const armed = this.#objectOf(id);
      if (armed !== undefined) later.push({ id, armed, memory: this.#memoryOf(id, armed) });
    }
    for (const { id, armed } of later) this.#takeOut(id, armed);
    const reached = this.#evaluate(tick);
    this.#activeFrom = -Infinity;
    for (const id of this.#armed.keys())
      if (this.#is(id, isActive)) this.#activeFrom = Math.max(this.#activeFrom, this.#countsFrom(id));
    for (const { id, armed, memory } of later) this.#activate(id, armed, memory);
    return reached;
  }

  #countsAt(id: number, place: Place): boolean {
    const armed = this.#armed[id];
    return armed === undefined
      ? place.exchangeAt >= this.#countsFrom(id)
      : isAtOrAfter(place, armed.armedFrom);
  }

  /** The exchange time from which ticks count for an active line; places are behind it. */
  #countsFrom(id: number): number {
    const armed = this.#armed[id];
    if (armed === undefined) return this.#cold?.countsFrom(this.#rows[id] ?? none) ?? -Infinity;
    return earliest(armed.armedFrom);
  }

  #silence(id: number, armed: Armed): void {
    if (this.#is(id, isSilent)) return;
    this.#noteSilent(id);
    if (this.#is(id, isActive)) this.#stopFiring(id, armed.line);
  }

  #noteSilent(id: number): void {
    this.#flags[id] = (this.#flags[id] ?? 0) | isSilent;
    this.#silent += 1;
  }

  #stopFiring(id: number, { series }: Line): void {
    const mover = this.#movers.get(id);
    if (mover === undefined) this.#series[series]?.silence(id);
    else mover.isSilent = true;
  }

  #activate(id: number, armed: Armed, memory: LineMemory): void {
    this.#flags[id] = (this.#flags[id] ?? 0) | isActive;
    this.#activeFrom = Math.max(this.#activeFrom, earliest(armed.armedFrom));
    this.#putIn(id, armed, memory);
    if (this.#is(id, isSilent)) this.#stopFiring(id, armed.line);
  }

  #putIn(id: number, armed: Armed, { best, window }: LineMemory): void {
    const { line } = armed;
    if (line.kind === 'move') {
      const mover: Mover = { armed, line, isSilent: false };
      this.#movers.set(id, mover);
      const windows = (this.#windows[line.series] ??= new Map());
      let found = windows.get(line.windowMs);
      if (found === undefined) windows.set(line.windowMs, (found = new PriceWindow(line.windowMs)));
      found.add(mover, window);
      return;
    }
    this.#watch(id, line.series, numbersOf(line, this.scale), best);
  }

  #watch(id: number, of: PriceSeries, { where, value, trailing }: LineNumbers, best?: SeriesPoint): void {
    const book = (this.#series[of] ??= this.#newSeries());
    if (trailing !== undefined) {
      if (where === whereabouts.fromHighest) book.armFromHighest(id, trailing, best);
      else book.armFromLowest(id, trailing, best && { ...best, price: -best.price });
    } else if (where === whereabouts.falling) book.armFalling(id, value);
    else if (where === whereabouts.rising) book.armRising(id, value);
    else book.armTime(id, value);
  }

  #newSeries(): SeriesBook {
    const book = new SeriesBook(this.#lines);
    if (this.#isGathering) book.gather();
    return book;
  }

  #takeOut(id: number, { line }: Armed): void {
    this.#flags[id] = (this.#flags[id] ?? 0) & ~isActive;
    if (line.kind !== 'move') {
      this.#series[line.series]?.disarm(id);
      return;
    }
    const windows = this.#windows[line.series];
    const window = windows?.get(line.windowMs);
    const mover = this.#movers.get(id);
    if (mover !== undefined) window?.remove(mover);
    this.#movers.delete(id);
    if (window?.size === 0) windows?.delete(line.windowMs);
    if (windows?.size === 0) delete this.#windows[line.series];
  }

  #memoryOf(id: number, { armedFrom, line }: Armed): LineMemory {
    if (!this.#is(id, isActive)) return {};
    if (line.kind === 'move') {
      const window = this.#windows[line.series]?.get(line.windowMs)?.points(armedFrom);
      return window === undefined ? {} : { window };
    }
    const best = this.#series[line.series]?.bestOf(id);
    return best === undefined ? {} : { best };
  }

  #activateDue(place: Place): void {
    const due = new LineIds();
    this.#waiting.takeReached(-place.exchangeAt, due);
    for (let index = 0; index < due.length; index += 1) {
      const id = due.at(index);
      const armed = this.#armed[id];
      if (armed === undefined) continue;
      if (isAtOrAfter(place, armed.armedFrom)) this.#activate(id, armed, {});
      else this.#waiting.insert(-earliest(armed.armedFrom), id);
    }
  }
}

function byProtection(a: Reached, b: Reached): number {
  if (a.reason !== b.reason) return precedence[a.reason] - precedence[b.reason];
  if (a.isFall !== b.isFall) return a.isFall ? -1 : 1;
  const level = a.isFall ? compare(b.level, a.level) : compare(a.level, b.level);
  return level === 0 ? (a.key < b.key ? -1 : 1) : level;
}

function scaled({ best, window }: LineMemory, factor: number): LineMemory {
  const point = ({ place, price }: SeriesPoint): SeriesPoint => ({ place, price: price * factor });
  return {
    ...(best === undefined ? {} : { best: point(best) }),
    ...(window === undefined
      ? {}
      : { window: { lowest: window.lowest.map(point), highest: window.highest.map(point) } }),
  };
}

/** A lower bound of the exchange time from which it may be due; places have none. */
function earliest(armedFrom: ArmedFrom): number {
  return 'at' in armedFrom ? armedFrom.at : -Infinity;
}
