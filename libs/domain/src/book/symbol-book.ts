import { type ArmedFrom, type PriceSeries, isAtOrAfter } from '../market/tick.ts';
import { type Decimal, add, compare, multiply, subtract } from '../units.ts';
import { greater } from './columns.ts';
import { LevelLadder } from './level-ladder.ts';
import { type Armed, type LineReason, precedence } from './line.ts';
import { LineIds } from './line-ids.ts';
import type { LineKeeper } from './line-keeper.ts';
import { type LineNumbers, numbersOf, stopFrom } from './line-numbers.ts';
import { LineTable, whereabouts } from './line-table.ts';
import { OwnedLines } from './owned-lines.ts';
import { partsPerMillion } from './parts-per-million.ts';
import type { Place, SeriesPoint } from './place.ts';
import { type Moved, type Mover, PriceWindow, type WindowPoints } from './price-window.ts';
import { QuietBands } from './quiet-bands.ts';
import { SeriesBook } from './series-book.ts';

/** What earlier ticks have left for a line: a trailing stop's best price, a move's window. */
export interface LineMemory {
  readonly best?: SeriesPoint;
  readonly window?: WindowPoints;
}

/** A line that a tick has reached, in which series, and the exact level at which it stood. */
export interface Reached {
  readonly owner: number;
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

/** What is known of a line beside its numbers. The bits above these say of which series it is. */
const isArmed = 1;
const isActive = 2;
const isSilent = 4;
const seriesFrom = 3;

/**
 * Every line that is armed on one symbol, by numbers: what a line is in full, its keeper knows. A tick that
 * reaches nothing costs two comparisons a series. What fires does so once: it is silent until it is armed
 * again, where it stands by then.
 */
export class SymbolBook {
  readonly #keeper: LineKeeper;
  readonly #bands: QuietBands;
  #scale: number;
  readonly #table = new LineTable();
  readonly #lines = new OwnedLines();
  #series: Partial<Record<PriceSeries, SeriesBook>> = {};
  #windows: Partial<Record<PriceSeries, Map<number, PriceWindow>>> = {};
  #count = 0;
  #silent = 0;
  /** How many lines are to be adopted; `undefined` where none are gathered. */
  #gathering: number | undefined;
  readonly #movers = new Map<number, Mover>();
  /** Armed for a later time or place, by how early that may be. */
  readonly #waiting = new LevelLadder();
  /** From where those count that wait for a place: few, and not for long. */
  readonly #awaited = new Map<number, ArmedFrom>();
  /** No active line counts from a later time. */
  #activeFrom = -Infinity;
  readonly #reached = new LineIds();

  /** @param bands holds those of its series. */
  constructor(scale: number, keeper: LineKeeper, bands = new QuietBands()) {
    this.#scale = scale;
    this.#keeper = keeper;
    this.#bands = bands;
  }

  /** Prices are integers at it. */
  get scale(): number {
    return this.#scale;
  }

  /** How many lines can fire. */
  get size(): number {
    return this.#count - this.#silent;
  }

  /** Whether it has not fired. */
  canFire(line: number): boolean {
    return !this.#is(line, isSilent);
  }

  /**
   * Arms a line from the next tick on, or from its `armedFrom` where that is still to come.
   *
   * @param owner whose it is, as the keeper knows it.
   * @param next the place of the next tick to be judged.
   * @param memory what ticks before `next` that count for it have left.
   * @returns its number, until it is disarmed.
   */
  arm(owner: number, armed: Armed, next: Place, memory: LineMemory = {}): number {
    const line = this.#add(owner, armed.line.series, earliest(armed.armedFrom));
    this.#putDown(line, armed, next, memory);
    return line;
  }

  /** Takes up what has fired before it came here, silent from the start; the parameters are those of `arm`. */
  armFired(owner: number, armed: Armed, next: Place, memory?: LineMemory): number {
    const line = this.arm(owner, armed, next, memory);
    this.#noteSilent(line);
    if (this.#is(line, isActive)) this.#stopFiring(line);
    return line;
  }

  /** Many lines are adopted from now on, and put in order by `settle`, all at once; nothing is judged in between. */
  gather(count: number): void {
    this.#gathering = count;
    this.#table.reserve(count);
    this.#lines.reserve(count);
    for (const series of Object.values(this.#series)) series.gather(count);
  }

  settle(): void {
    this.#gathering = undefined;
    for (const series of Object.values(this.#series)) series.settle();
  }

  /**
   * Arms a line whose numbers at this book's scale are known, and for which every tick from now on counts.
   *
   * @param from the exchange time from which it counts; before everything where that is a place.
   * @param best the best price that a tick has set which counts for it, where it trails.
   * @returns its number.
   */
  adopt(owner: number, series: PriceSeries, from: number, numbers: LineNumbers, best?: SeriesPoint): number {
    const line = this.#add(owner, series, from);
    this.#noteActive(line);
    this.#watch(line, series, numbers, best);
    return line;
  }

  /** Adopts a line that fires at a level or a time. @param where one of `whereabouts`. */
  adoptLevel(owner: number, series: PriceSeries, from: number, where: number, value: number): number {
    const line = this.#add(owner, series, from);
    this.#noteActive(line);
    this.#bookOf(series).armAt(where, line, value);
    return line;
  }

  /** Has a line of the same owner follow; `undefined` where it is the last. */
  link(line: number, next: number | undefined): void {
    this.#lines.link(line, next);
  }

  /** A line and those that follow it. */
  linked(first: number): number[] {
    return this.#lines.linked(first);
  }

  /** All lines by their numbers, with their owners; what is armed meanwhile may come, too. */
  *lines(): Generator<{ readonly line: number; readonly owner: number }> {
    for (let line = 0; line < this.#lines.length; line += 1)
      if (this.#is(line, isArmed)) yield { line, owner: this.#ownerOf(line) };
  }

  /** Arms again, from the next tick on, what has fired and is not disarmed. */
  rearm(line: number, next: Place): void {
    if (!this.#is(line, isSilent)) return;
    const armed = this.#armedOf(line);
    const memory = this.memoryOf(line);
    this.#takeUp(line);
    this.#noteFiring(line);
    this.#putDown(line, armed, next, memory);
  }

  disarm(line: number): void {
    this.#takeUp(line);
    if (this.#is(line, isSilent)) this.#noteFiring(line);
    this.#count -= 1;
    this.#lines.state[line] = 0;
    this.#table.release(line);
  }

  /** What the ticks so far have left for a line. */
  memoryOf(line: number): LineMemory {
    if (!this.#is(line, isActive)) return {};
    const series = this.#seriesOf(line);
    const mover = this.#movers.get(line);
    if (mover !== undefined) {
      const window = this.#windows[series]?.get(mover.line.windowMs)?.points(mover.armed.armedFrom);
      return window === undefined ? {} : { window };
    }
    const best = this.#series[series]?.bestOf(line);
    return best === undefined ? {} : { best };
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
   * A band of prices of the series that reach and change nothing up to this time: the same one until more is armed.
   * Nothing is within it where prices alone do not decide that.
   */
  bandOf(series: PriceSeries, exchangeAt: number): number {
    if (exchangeAt >= -this.#waiting.nearest || this.#windows[series] !== undefined)
      return QuietBands.nothing;
    const book = this.#series[series];
    if (book === undefined) return QuietBands.everything;
    return exchangeAt < book.quietUntil ? book.band : QuietBands.nothing;
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

  /** Counts prices at a finer scale from now on. Lines keep their numbers. */
  refine(scale: number): void {
    const factor = 10 ** (scale - this.#scale);
    const memories = new Map<number, LineMemory>();
    const firing: number[] = [];
    const silent: number[] = [];
    for (const line of this.#active()) {
      const memory = this.memoryOf(line);
      if (memory.best !== undefined || memory.window !== undefined)
        memories.set(line, scaled(memory, factor));
      (this.#is(line, isSilent) ? silent : firing).push(line);
    }
    this.#scale = scale;
    for (const { band } of Object.values(this.#series)) this.#bands.release(band);
    this.#series = {};
    this.#windows = {};
    const putIn = (line: number): void => this.#putIn(line, this.#armedOf(line), memories.get(line) ?? {});
    this.gather(0);
    for (const line of firing) putIn(line);
    this.settle();
    for (const line of silent) {
      putIn(line);
      this.#stopFiring(line);
    }
  }

  #add(owner: number, series: PriceSeries, from: number): number {
    const line = this.#table.add();
    this.#lines.add(line, owner, from, isArmed | (allSeries.indexOf(series) << seriesFrom));
    this.#count += 1;
    return line;
  }

  #armedOf(line: number): Armed {
    return this.#keeper.armedOf(this.#ownerOf(line), line);
  }

  #ownerOf(line: number): number {
    return this.#lines.ownerOf(line);
  }

  #countsFrom(line: number): number {
    return this.#lines.from[line] ?? 0;
  }

  #seriesOf(line: number): PriceSeries {
    return allSeries[(this.#lines.state[line] ?? 0) >>> seriesFrom] ?? 'trade';
  }

  #is(line: number, flag: number): boolean {
    return ((this.#lines.state[line] ?? 0) & flag) !== 0;
  }

  *#active(): Generator<number> {
    for (let line = 0; line < this.#lines.length; line += 1) if (this.#is(line, isActive)) yield line;
  }

  #evaluate(tick: BookTick): readonly Reached[] {
    const found: Reached[] = [];
    const ids = this.#reached;
    for (const { series, price } of tick.prices) {
      ids.clear();
      const book = this.#series[series];
      book?.evaluate(price, tick.place, ids);
      for (let index = 0; index < ids.length; index += 1) {
        const line = ids.at(index);
        this.#noteSilent(line);
        found.push(this.#reachedBy(line, price, book?.bestOf(line)));
      }
      const windows = this.#windows[series];
      if (windows !== undefined)
        for (const window of windows.values())
          for (const moved of window.evaluate(price, tick.place)) found.push(this.#movedBy(moved));
    }
    return found.length < 2 ? found : found.toSorted(byProtection);
  }

  #reachedBy(id: number, price: number, best: SeriesPoint | undefined): Reached {
    const owner = this.#ownerOf(id);
    const { key, line } = this.#keeper.armedOf(owner, id);
    const { reason, series } = line;
    switch (line.kind) {
      case 'fixed': {
        const { price: level, fires } = line;
        return { owner, key, reason, series, level, isFall: fires === 'atOrBelow' };
      }
      case 'trailing': {
        const level = stopFrom(line, best === undefined ? line.start : this.#exact(best.price));
        return { owner, key, reason, series, level, isFall: line.follows === 'highest' };
      }
      case 'time':
      case 'move':
        // A time has no level of its own: it executes at the price that there is.
        return { owner, key, reason, series, level: this.#exact(price), isFall: true };
    }
  }

  #movedBy({ mover: { id, armed, line }, direction, from }: Moved): Reached {
    this.#noteSilent(id);
    const { reason, series, ppm } = line;
    const start = this.#exact(from);
    const part = multiply(start, partsPerMillion(ppm));
    const isFall = direction === 'down';
    const level = isFall ? subtract(start, part) : add(start, part);
    return { owner: this.#ownerOf(id), key: armed.key, reason, series, level, isFall };
  }

  #exact(price: number): Decimal {
    return { units: BigInt(price), scale: this.#scale };
  }

  /**
   * Judges a tick from before the time from which some lines count; they take no notice of it. Rare: times
   * run backwards only a little, where venues differ.
   */
  #evaluateEarlier(tick: BookTick): readonly Reached[] {
    const later: { line: number; armed: Armed; memory: LineMemory }[] = [];
    for (const line of this.#active())
      if (this.#countsFrom(line) > tick.place.exchangeAt)
        later.push({ line, armed: this.#armedOf(line), memory: this.memoryOf(line) });
    for (const { line } of later) this.#takeOut(line);
    const reached = this.#evaluate(tick);
    this.#activeFrom = -Infinity;
    for (const line of this.#active()) this.#activeFrom = Math.max(this.#activeFrom, this.#countsFrom(line));
    for (const { line, armed, memory } of later) this.#activate(line, armed, memory);
    return reached;
  }

  #noteActive(line: number): void {
    this.#lines.state[line] = (this.#lines.state[line] ?? 0) | isActive;
    this.#activeFrom = greater(this.#activeFrom, this.#countsFrom(line));
  }

  #noteSilent(line: number): void {
    this.#lines.state[line] = (this.#lines.state[line] ?? 0) | isSilent;
    this.#silent += 1;
  }

  #noteFiring(line: number): void {
    this.#lines.state[line] = (this.#lines.state[line] ?? 0) & ~isSilent;
    this.#silent -= 1;
  }

  #stopFiring(line: number): void {
    const mover = this.#movers.get(line);
    if (mover === undefined) this.#series[this.#seriesOf(line)]?.silence(line);
    else mover.isSilent = true;
  }

  /** Watches a line from the next tick on, or has it wait. */
  #putDown(line: number, armed: Armed, next: Place, memory: LineMemory): void {
    if (isAtOrAfter(next, armed.armedFrom)) this.#activate(line, armed, memory);
    else this.#wait(line, armed.armedFrom);
  }

  #takeUp(line: number): void {
    if (this.#is(line, isActive)) {
      this.#takeOut(line);
      return;
    }
    this.#waiting.remove(-this.#countsFrom(line), line);
    this.#awaited.delete(line);
  }

  #wait(line: number, armedFrom: ArmedFrom): void {
    this.#waiting.insert(-this.#countsFrom(line), line);
    if ('epoch' in armedFrom) this.#awaited.set(line, armedFrom);
  }

  #activate(line: number, armed: Armed, memory: LineMemory): void {
    this.#noteActive(line);
    this.#putIn(line, armed, memory);
    if (this.#is(line, isSilent)) this.#stopFiring(line);
  }

  #putIn(id: number, armed: Armed, { best, window }: LineMemory): void {
    const { line } = armed;
    if (line.kind !== 'move') {
      this.#watch(id, line.series, numbersOf(line, this.#scale), best);
      return;
    }
    const mover: Mover = { id, armed, line, isSilent: false };
    this.#movers.set(id, mover);
    const windows = (this.#windows[line.series] ??= new Map());
    let found = windows.get(line.windowMs);
    if (found === undefined) windows.set(line.windowMs, (found = new PriceWindow(line.windowMs)));
    found.add(mover, window);
  }

  #watch(line: number, of: PriceSeries, { where, value, trailing }: LineNumbers, best?: SeriesPoint): void {
    const book = this.#bookOf(of);
    if (trailing === undefined) book.armAt(where, line, value);
    else if (where === whereabouts.fromHighest) book.armFromHighest(line, trailing, best);
    else book.armFromLowest(line, trailing, best && { ...best, price: -best.price });
  }

  #bookOf(series: PriceSeries): SeriesBook {
    const known = this.#series[series];
    if (known !== undefined) return known;
    const book = new SeriesBook(this.#table, this.#bands);
    if (this.#gathering !== undefined) book.gather(this.#gathering);
    this.#series[series] = book;
    return book;
  }

  #takeOut(line: number): void {
    this.#lines.state[line] = (this.#lines.state[line] ?? 0) & ~isActive;
    const series = this.#seriesOf(line);
    const mover = this.#movers.get(line);
    if (mover === undefined) {
      this.#series[series]?.disarm(line);
      return;
    }
    this.#movers.delete(line);
    const windows = this.#windows[series];
    const { windowMs } = mover.line;
    const window = windows?.get(windowMs);
    window?.remove(mover);
    if (window?.size === 0) windows?.delete(windowMs);
    if (windows?.size === 0) delete this.#windows[series];
  }

  #activateDue(place: Place): void {
    const due = new LineIds();
    this.#waiting.takeReached(-place.exchangeAt, due);
    for (let index = 0; index < due.length; index += 1) {
      const line = due.at(index);
      const awaited = this.#awaited.get(line);
      if (awaited !== undefined && !isAtOrAfter(place, awaited)) {
        this.#waiting.insert(-this.#countsFrom(line), line);
        continue;
      }
      this.#awaited.delete(line);
      this.#activate(line, this.#armedOf(line), {});
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
