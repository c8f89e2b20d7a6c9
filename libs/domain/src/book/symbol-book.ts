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
 * What fires does so once, with all its lines; its trailing lines follow on until it is disarmed, so that
 * it can be armed again where it stands.
 */
export class SymbolBook {
  readonly scale: number;
  readonly #series: Record<PriceSeries, SeriesBook>;
  readonly #entries = new Map<string, Entry>();
  /** What has fired and is not disarmed: with its trailing lines, which follow on. */
  readonly #fired = new Map<string, Entry>();
  /** Armed for a later time or place, the earliest last. */
  readonly #waiting: Armed[] = [];
  #waitingFrom = Infinity;
  /** No active entry counts from a later time. */
  #activeFrom = -Infinity;

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

  /** Arms again, from the next tick on, what has fired and is not disarmed. */
  rearm(key: string, next: Place): void {
    const fired = this.#fired.get(key);
    if (fired === undefined) return;
    const best = this.#bestOf([fired]);
    this.arm(fired.armed, next, (line) => best.get(line));
  }

  /**
   * Takes up what has fired before it came here, silent from the start.
   *
   * @param best as for `arm`.
   */
  armFired(armed: Armed, next: Place, best: (line: Line) => SeriesPoint | undefined): void {
    this.arm(armed, next, best);
    this.#silence(armed.key);
  }

  disarm(key: string): boolean {
    const entry = this.#entries.get(key) ?? this.#fired.get(key);
    if (entry === undefined) return false;
    for (const line of entry.lines) line.disarm();
    this.#entries.delete(key);
    this.#fired.delete(key);
    return true;
  }

  /** True when a price of the series at this time reaches nothing and changes nothing. */
  isQuiet(series: PriceSeries, price: number, exchangeAt: number): boolean {
    return exchangeAt < this.#waitingFrom && this.#series[series].isQuiet(price);
  }

  /** Judges one tick: what it reaches, one entry per armed thing, sorted by key. */
  evaluate(tick: BookTick): readonly Reached[] {
    const { exchangeAt } = tick.place;
    if (exchangeAt >= this.#waitingFrom) this.#activateDue(tick.place);
    return exchangeAt < this.#activeFrom ? this.#evaluateEarlier(tick) : this.#evaluate(tick);
  }

  #evaluate(tick: BookTick): readonly Reached[] {
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

  /** The best price that a trailing line follows, where a tick has set it. */
  bestOf(line: Line): SeriesPoint | undefined {
    return this.#series[line.series].best().get(line);
  }

  /** The same book at a finer scale. */
  atScale(scale: number, next: Place): SymbolBook {
    const finer = new SymbolBook(scale);
    const factor = 10 ** (scale - this.scale);
    const best = this.#bestOf([...this.#entries.values(), ...this.#fired.values()]);
    const bestOf = (line: Line): SeriesPoint | undefined => {
      const found = best.get(line);
      return found && { place: found.place, price: found.price * factor };
    };
    for (const { armed } of this.#entries.values()) finer.arm(armed, next, bestOf);
    for (const { armed } of this.#fired.values()) finer.armFired(armed, next, bestOf);
    return finer;
  }

  #bestOf(entries: readonly Entry[]): ReadonlyMap<Line, SeriesPoint> {
    const series = new Set(
      entries.flatMap(({ lines }) =>
        lines.flatMap(({ line }) => (line.kind === 'trailing' ? [line.series] : [])),
      ),
    );
    return new Map([...series].flatMap((each) => [...this.#series[each].best()]));
  }

  /**
   * Judges a tick from before the time from which some entries count; they take no notice of it. Rare: times
   * run backwards only a little, where venues differ.
   */
  #evaluateEarlier(tick: BookTick): readonly Reached[] {
    const isLater = ({ armed, lines }: Entry): boolean =>
      lines.length > 0 && !isAtOrAfter(tick.place, armed.armedFrom);
    const armed = [...this.#entries.values()].filter(isLater);
    const fired = [...this.#fired.values()].filter(isLater);
    const best = this.#bestOf([...armed, ...fired]);
    for (const { lines } of [...armed, ...fired]) for (const line of lines) line.disarm();
    const reached = this.#evaluate(tick);
    this.#activeFrom = -Infinity;
    for (const entry of this.#entries.values()) this.#noteActive(entry);
    for (const entry of this.#fired.values()) this.#noteActive(entry);
    for (const entry of armed) this.#activate(entry, (line) => best.get(line));
    for (const entry of fired) {
      this.#activate(entry, (line) => best.get(line));
      entry.lines = followersOf(entry);
    }
    return reached;
  }

  #takeOut(lines: readonly Reached[]): Reached[] {
    const first = new Map<string, Reached>();
    for (const line of lines) {
      const found = first.get(line.key);
      if (found === undefined || precedence[line.reason] < precedence[found.reason])
        first.set(line.key, line);
    }
    const reached = [...first.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
    for (const { key } of reached) this.#silence(key);
    return reached;
  }

  #silence(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#fired.set(key, { armed: entry.armed, lines: followersOf(entry) });
  }

  #noteActive({ armed: { armedFrom }, lines }: Entry): void {
    if ('at' in armedFrom && lines.length > 0) this.#activeFrom = Math.max(this.#activeFrom, armedFrom.at);
  }

  #activate(entry: Entry, best?: (line: Line) => SeriesPoint | undefined): void {
    entry.lines = entry.armed.lines.map((line) =>
      this.#series[line.series].arm(entry.armed.key, line, best?.(line)),
    );
    this.#noteActive(entry);
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

/** Silences an entry's lines; what is left of them is what follows on. */
function followersOf({ lines }: Entry): BookLine[] {
  for (const line of lines) line.silence();
  return lines.filter(({ line }) => line.kind === 'trailing');
}

/** A lower bound of the exchange time from which it may be due; places have none. */
function earliest(armedFrom: ArmedFrom): number {
  return 'at' in armedFrom ? armedFrom.at : -Infinity;
}
