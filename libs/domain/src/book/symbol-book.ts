import { type ArmedFrom, type PriceSeries, isAtOrAfter } from '../market/tick.ts';
import { type Armed, type Line, precedence } from './line.ts';
import { type BookLine, type ReachedLine, SeriesBook, type SeriesPoint } from './series-book.ts';
import type { Place } from './trailing-groups.ts';

/** Something armed that a tick has reached, by its most protective line. */
export interface Reached extends ReachedLine {
  readonly series: PriceSeries;
}

/** One tick of a symbol: prices are integers at the book's scale. */
export interface BookTick {
  readonly place: Place;
  readonly prices: readonly { readonly series: PriceSeries; readonly price: number }[];
}

export const seriesOfKind = {
  trade: ['trade'],
  quote: ['bid', 'ask'],
} as const satisfies Record<'trade' | 'quote', readonly PriceSeries[]>;

interface Entry {
  readonly armed: Armed;
  /** Empty while it waits for its `armedFrom`. */
  lines: BookLine[];
}

/**
 * Everything that is armed on one symbol. A tick that reaches nothing costs two comparisons a series.
 * What fires leaves the book with all its lines.
 */
export class SymbolBook {
  readonly scale: number;
  readonly #series: Record<PriceSeries, SeriesBook>;
  readonly #entries = new Map<string, Entry>();
  /** Armed for a later time or place, the earliest last. */
  readonly #waiting: Armed[] = [];
  #waitingFrom = Infinity;

  constructor(scale: number) {
    this.scale = scale;
    this.#series = {
      trade: new SeriesBook(scale),
      bid: new SeriesBook(scale),
      ask: new SeriesBook(scale),
    };
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Everything armed here. */
  *armed(): Generator<Armed> {
    for (const { armed } of this.#entries.values()) yield armed;
  }

  /**
   * Arms all lines from the next tick on, or from `armedFrom` where that is still to come.
   *
   * @param next the place of the next tick to be judged.
   * @param best per trailing line, the best price since arming that a tick before `next` has set.
   */
  arm(armed: Armed, next: Place, best?: (line: Line) => SeriesPoint | undefined): void {
    this.disarm(armed.key);
    const entry: Entry = { armed, lines: [] };
    this.#entries.set(armed.key, entry);
    if (isAtOrAfter(next, armed.armedFrom)) this.#activate(entry, best);
    else this.#wait(armed);
  }

  disarm(key: string): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    for (const line of entry.lines) line.disarm();
    this.#entries.delete(key);
    return true;
  }

  /** True when a price of the series at this time reaches nothing and changes nothing. */
  isQuiet(series: PriceSeries, price: number, exchangeAt: number): boolean {
    return exchangeAt < this.#waitingFrom && this.#series[series].isQuiet(price);
  }

  /** Judges one tick: what it reaches, one entry per armed thing, sorted by key. */
  evaluate(tick: BookTick): readonly Reached[] {
    if (tick.place.exchangeAt >= this.#waitingFrom) this.#activateDue(tick.place);
    let reached: Reached[] | undefined;
    for (const { series, price } of tick.prices) {
      const lines = this.#series[series].evaluate(price, tick.place);
      if (lines.length > 0) (reached ??= []).push(...lines.map((line) => ({ ...line, series })));
    }
    return reached === undefined ? none : this.#takeOut(reached);
  }

  /** The ticks that trailing stops still follow: what a restart must know to go on. */
  points(series: PriceSeries, follows: 'highest' | 'lowest'): SeriesPoint[] {
    return this.#series[series].points(follows);
  }

  /** The best price that an armed trailing line follows, where a tick has set it. */
  bestOf(line: Line): SeriesPoint | undefined {
    return this.#series[line.series].best().get(line);
  }

  /** The same book at a finer scale. */
  atScale(scale: number, next: Place): SymbolBook {
    const finer = new SymbolBook(scale);
    const factor = 10 ** (scale - this.scale);
    const best = {
      trade: this.#series.trade.best(),
      bid: this.#series.bid.best(),
      ask: this.#series.ask.best(),
    };
    for (const { armed } of this.#entries.values()) {
      finer.arm(armed, next, (line) => {
        const found = best[line.series].get(line);
        return found && { place: found.place, price: found.price * factor };
      });
    }
    return finer;
  }

  #takeOut(lines: readonly Reached[]): Reached[] {
    const first = new Map<string, Reached>();
    for (const line of lines) {
      const found = first.get(line.key);
      if (found === undefined || precedence[line.reason] < precedence[found.reason])
        first.set(line.key, line);
    }
    const reached = [...first.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
    for (const { key } of reached) this.disarm(key);
    return reached;
  }

  #activate(entry: Entry, best?: (line: Line) => SeriesPoint | undefined): void {
    entry.lines = entry.armed.lines.map((line) =>
      this.#series[line.series].arm(entry.armed.key, line, best?.(line)),
    );
  }

  #wait(armed: Armed): void {
    const from = earliest(armed.armedFrom);
    let low = 0;
    let high = this.#waiting.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = this.#waiting[middle];
      if (found !== undefined && earliest(found.armedFrom) > from) low = middle + 1;
      else high = middle;
    }
    this.#waiting.splice(low, 0, armed);
    this.#waitingFrom = Math.min(this.#waitingFrom, from);
  }

  #activateDue(place: Place): void {
    const later: Armed[] = [];
    for (let armed = this.#waiting.at(-1); armed !== undefined; armed = this.#waiting.at(-1)) {
      if (earliest(armed.armedFrom) > place.exchangeAt) break;
      this.#waiting.pop();
      const entry = this.#entries.get(armed.key);
      if (entry?.armed !== armed) continue;
      if (isAtOrAfter(place, armed.armedFrom)) this.#activate(entry);
      else later.push(armed);
    }
    const next = this.#waiting.at(-1);
    this.#waitingFrom = next === undefined ? Infinity : earliest(next.armedFrom);
    for (const armed of later) this.#wait(armed);
  }
}

const none: readonly Reached[] = [];

/** A lower bound of the exchange time from which it may be due; places have none. */
function earliest(armedFrom: ArmedFrom): number {
  return 'at' in armedFrom ? armedFrom.at : -Infinity;
}
