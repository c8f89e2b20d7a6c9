import { type ArmedFrom, type PriceSeries, isAtOrAfter } from '../market/tick.ts';
import { compare } from '../units.ts';
import { type Armed, precedence } from './line.ts';
import type { Place, SeriesPoint } from './place.ts';
import {
  type BookLine,
  type LineMemory,
  type ReachedLine,
  SeriesBook,
  type SeriesExtremes,
} from './series-book.ts';

/** A line that a tick has reached, and the series in which. */
export interface Reached extends ReachedLine {
  readonly series: PriceSeries;
}

/** One tick of a symbol: prices are integers at the book's scale. */
export interface BookTick {
  readonly place: Place;
  readonly prices: readonly { readonly series: PriceSeries; readonly price: number }[];
}

export const allSeries = ['trade', 'bid', 'ask', 'mark'] as const satisfies readonly PriceSeries[];

interface Entry {
  readonly armed: Armed;
  /** Absent while it waits for its `armedFrom`. */
  line?: BookLine;
  /** It has fired, and is not disarmed: it fires no more, but what it follows it goes on following. */
  isSilent: boolean;
}

/**
 * Every line that is armed on one symbol. A tick that reaches nothing costs two comparisons a series.
 * What fires does so once: it is silent until it is armed again, where it stands by then.
 */
export class SymbolBook {
  readonly scale: number;
  readonly #series: Readonly<Record<PriceSeries, SeriesBook>>;
  readonly #entries = new Map<string, Entry>();
  #silent = 0;
  /** Armed for a later time or place, the earliest last. */
  readonly #waiting: Armed[] = [];
  #waitingFrom = Infinity;
  /** No active line counts from a later time. */
  #activeFrom = -Infinity;

  constructor(scale: number) {
    this.scale = scale;
    this.#series = {
      trade: new SeriesBook(scale),
      bid: new SeriesBook(scale),
      ask: new SeriesBook(scale),
      mark: new SeriesBook(scale),
    };
  }

  /** How many lines can fire. */
  get size(): number {
    return this.#entries.size - this.#silent;
  }

  /** Whether it is armed and has not fired. */
  has(key: string): boolean {
    return this.#entries.get(key)?.isSilent === false;
  }

  /**
   * Arms a line from the next tick on, or from its `armedFrom` where that is still to come.
   *
   * @param next the place of the next tick to be judged.
   * @param memory what ticks before `next` that count for it have left.
   */
  arm(armed: Armed, next: Place, memory?: LineMemory): void {
    this.disarm(armed.key);
    const entry: Entry = { armed, isSilent: false };
    this.#entries.set(armed.key, entry);
    if (isAtOrAfter(next, armed.armedFrom)) this.#activate(entry, memory);
    else this.#wait(armed);
  }

  /** Arms again, from the next tick on, what has fired and is not disarmed. */
  rearm(key: string, next: Place): void {
    const entry = this.#entries.get(key);
    if (entry?.isSilent === true) this.arm(entry.armed, next, entry.line?.memory());
  }

  /** Takes up what has fired before it came here, silent from the start; the parameters are those of `arm`. */
  armFired(armed: Armed, next: Place, memory?: LineMemory): void {
    this.arm(armed, next, memory);
    this.#silence(armed.key);
  }

  disarm(key: string): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    entry.line?.disarm();
    this.#entries.delete(key);
    if (entry.isSilent) this.#silent -= 1;
    return true;
  }

  /** What the ticks so far have left for a line. */
  memoryOf(key: string): LineMemory | undefined {
    return this.#entries.get(key)?.line?.memory();
  }

  /** True when a price of the series at this time reaches nothing and changes nothing. */
  isQuiet(series: PriceSeries, price: number, exchangeAt: number): boolean {
    const book = this.#series[series];
    return exchangeAt < this.#waitingFrom && exchangeAt < book.quietUntil && book.isQuiet(price);
  }

  /**
   * Judges one tick: the lines that it reaches, those that protect first, of the same kind those that the
   * price came to first. The order depends on lines and keys alone.
   */
  evaluate(tick: BookTick): readonly Reached[] {
    const { exchangeAt } = tick.place;
    if (exchangeAt >= this.#waitingFrom) this.#activateDue(tick.place);
    return exchangeAt < this.#activeFrom ? this.#evaluateEarlier(tick) : this.#evaluate(tick);
  }

  /** What a restart must know to go on: best prices that are followed, and the windows of moves. */
  extremes(series: PriceSeries): SeriesExtremes[] {
    return this.#series[series].extremes();
  }

  /** The same book at a finer scale. */
  atScale(scale: number, next: Place): SymbolBook {
    const finer = new SymbolBook(scale);
    const factor = 10 ** (scale - this.scale);
    for (const { armed, line, isSilent } of this.#entries.values()) {
      const memory = line && scaled(line.memory(), factor);
      if (isSilent) finer.armFired(armed, next, memory);
      else finer.arm(armed, next, memory);
    }
    return finer;
  }

  #evaluate(tick: BookTick): readonly Reached[] {
    let reached: Reached[] | undefined;
    for (const { series, price } of tick.prices) {
      const lines = this.#series[series].evaluate(price, tick.place);
      if (lines.length > 0) (reached ??= []).push(...lines.map((line) => ({ ...line, series })));
    }
    if (reached === undefined) return none;
    for (const { key } of reached) this.#silence(key);
    return reached.length === 1 ? reached : reached.toSorted(byProtection);
  }

  /**
   * Judges a tick from before the time from which some lines count; they take no notice of it. Rare: times
   * run backwards only a little, where venues differ.
   */
  #evaluateEarlier(tick: BookTick): readonly Reached[] {
    const later = [...this.#entries.values()].flatMap((entry) =>
      entry.line === undefined || isAtOrAfter(tick.place, entry.armed.armedFrom)
        ? []
        : [{ entry, memory: entry.line.memory() }],
    );
    for (const { entry } of later) entry.line?.disarm();
    const reached = this.#evaluate(tick);
    this.#activeFrom = -Infinity;
    for (const entry of this.#entries.values()) this.#noteActive(entry);
    for (const { entry, memory } of later) this.#activate(entry, memory);
    return reached;
  }

  #silence(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.isSilent) return;
    entry.isSilent = true;
    this.#silent += 1;
    entry.line?.silence();
  }

  #noteActive({ armed: { armedFrom }, line }: Entry): void {
    if ('at' in armedFrom && line !== undefined) this.#activeFrom = Math.max(this.#activeFrom, armedFrom.at);
  }

  #activate(entry: Entry, memory?: LineMemory): void {
    entry.line = this.#series[entry.armed.line.series].arm(entry.armed, memory);
    if (entry.isSilent) entry.line.silence();
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
      if (entry?.armed !== armed || entry.line !== undefined) continue;
      if (isAtOrAfter(place, armed.armedFrom)) this.#activate(entry);
      else later.push(armed);
    }
    const next = this.#waiting.at(-1);
    this.#waitingFrom = next === undefined ? Infinity : earliest(next.armedFrom);
    for (const armed of later) this.#wait(armed);
  }
}

const none: readonly Reached[] = [];

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
