import type { Frame, FrameInstrument, ShardCheckpoint } from '@bellwether/contracts';
import {
  type Armed,
  type LineKeeper,
  type LineMemory,
  type Place,
  type PriceSeries,
  QuietBands,
  type Reached,
  SymbolBook,
  type SymbolPrices,
  formatDecimal,
  invariant,
  isAtOrAfter,
  isSameArmed,
} from '@bellwether/domain';
import type { HeldSubjects } from '../snapshot/held-subjects.ts';
import { SubjectTable } from '../subjects/subject-table.ts';
import type { ArmedSubject, Fired } from './fired.ts';
import { armedKey } from './fired.ts';
import { FrameBands } from './frame-bands.ts';
import { FrameRange } from './frame-range.ts';
import { KeptTicks } from './kept-ticks.ts';
import { LastTicks, pricesAt } from './last-ticks.ts';
import { Restored } from './restored.ts';
import { takeUp } from './take-up.ts';

const startOfTime: Place = { epoch: '', ordinal: 0, exchangeAt: -Infinity };
const forgottenAfter = 100_000;

/**
 * All armed lines of a shard's symbols, and the place of the next tick. It judges frames in order; it
 * does no I/O and knows no clock, so the same frames and arming give the same result.
 */
export class ShardBook {
  readonly #books = new Map<string, SymbolBook>();
  readonly #bands = new QuietBands();
  readonly #subjects = new SubjectTable();
  readonly #keeper: LineKeeper = { armedOf: (row, line) => this.#armedOf(row, line) };
  /** Versions of what is over, so that a late listener cannot arm it again; the oldest are forgotten. */
  readonly #over = new Map<string, number>();
  readonly #kept: KeptTicks;
  readonly #range = new FrameRange();
  readonly #frameBands = new FrameBands(this.#bands);
  /** What the checkpoint knows of lines that are still to be armed from their documents. */
  readonly #restored: Restored;
  readonly #last = new LastTicks();
  #next: Place;

  constructor(checkpoint?: ShardCheckpoint) {
    this.#restored = new Restored(checkpoint?.extremes ?? []);
    this.#next =
      checkpoint === undefined
        ? startOfTime
        : {
            epoch: checkpoint.epoch,
            ordinal: checkpoint.nextOrdinal,
            exchangeAt: checkpoint.exchangeAt,
          };
    this.#kept = new KeptTicks(checkpoint && lastOf(this.#next));
  }

  /** Where the next tick will stand. */
  get next(): Place {
    return this.#next;
  }

  /** Where a symbol's series stand. */
  pricesOf(symbol: string): SymbolPrices {
    return this.#last.of(symbol);
  }

  /** Where they stood when a day began (epoch milliseconds), as far as that is known. */
  pricesBefore(symbol: string, day: number): SymbolPrices {
    return this.#last.before(symbol, day);
  }

  /** How many lines can fire. */
  get size(): number {
    let count = 0;
    for (const book of this.#books.values()) count += book.size;
    return count;
  }

  /**
   * Takes up what a snapshot holds, some at a time, as if each subject were noted: before anything is noted, and
   * before the first frame.
   */
  *adopt(held: HeldSubjects): Generator<void> {
    const subjects = this.#subjects;
    invariant(subjects.isEmpty && this.#kept.oldest === undefined, 'a snapshot is taken up by an empty book');
    const repeated = subjects.load(held.columns, held.terms);
    yield* takeUp({
      held,
      subjects,
      repeated: new Set(repeated),
      restored: this.#restored,
      next: this.#next,
      bookOf: (symbol, scale) => this.#bookOf(symbol, scale),
      arm: (row) => this.#arm(row, subjects.at(row)),
    });
    for (const row of repeated) this.note(subjects.takeRepeated(row));
  }

  /** The scale of a symbol's book. */
  scaleOf(symbol: string): number {
    return this.#books.get(symbol)?.scale ?? this.#restored.scaleOf(symbol);
  }

  /**
   * Takes note of what is armed, or no longer armed, as a document or an own commit says it. Older news
   * than what is known changes nothing, nor does news that leaves a line as it is change that line. What
   * already happened in the kept ticks is returned as fired.
   */
  note(subject: ArmedSubject): readonly Fired[] {
    const row = this.#subjects.find(subject);
    if (subject.version <= this.#knownVersion(subject, row)) return [];
    const before = row === undefined ? undefined : this.#known(row);
    const lines = subject.armed ?? [];
    const kept = lines.map((armed) => before?.lines[indexOfSame(before.subject, armed)]);
    for (const line of before?.lines ?? [])
      if (!kept.includes(line)) this.#books.get(before?.subject.symbol ?? '')?.disarm(line);
    const key = armedKey(subject);
    if (lines.length === 0) {
      if (row !== undefined) this.#subjects.remove(row);
      this.#noteOver(key, subject.version);
      return [];
    }
    this.#over.delete(key);
    if (row === undefined) return this.#arm(this.#subjects.add(subject), subject);
    this.#subjects.change(row, subject);
    return this.#arm(row, subject, kept);
  }

  /** True for news of a line that counts from ticks which were judged without it and are kept no more. */
  isTooLateFor(subject: ArmedSubject): boolean {
    const { dropped } = this.#kept;
    if (dropped === undefined) return false;
    const row = this.#subjects.find(subject);
    if (subject.version <= this.#knownVersion(subject, row)) return false;
    const before = row === undefined ? undefined : this.#subjects.at(row);
    const news = (subject.armed ?? []).filter((armed) => indexOfSame(before, armed) < 0);
    return news.some(({ armedFrom }) => isAtOrAfter(dropped, armedFrom));
  }

  /**
   * All that is armed, symbol by symbol, each as it is when it is asked for. Of what is armed, or changes, meanwhile some
   * may come.
   */
  *subjects(): Generator<ArmedSubject> {
    const subjects = this.#subjects;
    for (const book of this.#books.values())
      for (const { line, owner } of book.lines())
        if (subjects.lineAt(owner) === line) yield subjects.at(owner);
  }

  /** Arms a line again, from the next tick on, that fired without being executed and is still watched. */
  rearm({ subject, lineId }: Pick<Fired, 'subject' | 'lineId'>): void {
    const row = this.#subjects.find(subject);
    const key = `${armedKey(subject)}/${lineId}`;
    const fired = subject.armed?.find((armed) => armed.key === key);
    if (row === undefined || fired === undefined) return;
    const known = this.#known(row);
    const line = known.lines[indexOfSame(known.subject, fired)];
    if (line !== undefined) this.#bookOf(fired.symbol).rearm(line, this.#next);
  }

  /**
   * Judges a frame: every tick in order, but for those of symbols where no line lies within the frame's
   * high and low. The frame may be gone afterwards: what is needed of it later is copied.
   */
  evaluate(frame: Frame): readonly Fired[] {
    const { epoch, firstOrdinal, length, instruments } = frame;
    for (const instrument of instruments) this.#refineFor(instrument);
    const range = this.#range;
    range.measure(frame);
    const latestAt = Math.max(this.#next.exchangeAt, range.latestAt);
    this.#kept.add(frame, range.latestAt);
    const awake = instruments.map((described, index) => this.#awake(described, index));
    const fired: Fired[] = [];
    if (awake.some((book) => book !== undefined)) this.#judge(frame, awake, fired);
    this.#next = { epoch, ordinal: firstOrdinal + length, exchangeAt: latestAt };
    this.#last.note(frame, range.lastIndex);
    return fired;
  }

  /** The book of an instrument in which the frame's ticks may reach or change something. */
  #awake({ symbol, priceScale, kind }: FrameInstrument, index: number): SymbolBook | undefined {
    const book = this.#bookOf(symbol);
    const factor = 10 ** (book.scale - priceScale);
    const { low, high, secondLow, secondHigh, latestAt } = this.#range;
    const isQuiet = (series: PriceSeries, lows: Float64Array, highs: Float64Array): boolean =>
      book.isQuiet(series, (lows[index] ?? 0) * factor, (highs[index] ?? 0) * factor, latestAt);
    if (kind !== 'quote') return isQuiet(kind, low, high) ? undefined : book;
    return isQuiet('bid', low, high) && isQuiet('ask', secondLow, secondHigh) ? undefined : book;
  }

  #judge(frame: Frame, awake: readonly (SymbolBook | undefined)[], fired: Fired[]): void {
    const { epoch, firstOrdinal, instrument, exchangeAt, first, second, instruments } = frame;
    const bands = this.#frameBands;
    bands.find(instruments, awake, this.#range.latestAt);
    for (let i = bands.firstOutside(frame, 0); i < frame.length; i = bands.firstOutside(frame, i + 1)) {
      const index = instrument[i] ?? 0;
      const book = awake[index];
      const described = instruments[index];
      if (book === undefined || described === undefined) continue;
      const factor = bands.factorOf(index);
      const at = exchangeAt[i] ?? 0;
      const a = (first[i] ?? 0) * factor;
      const b = (second[i] ?? 0) * factor;
      if (described.kind === 'quote') {
        if (book.isQuiet('bid', a, a, at) && book.isQuiet('ask', b, b, at)) continue;
      } else if (book.isQuiet(described.kind, a, a, at)) continue;
      const place = { epoch, ordinal: firstOrdinal + i, exchangeAt: at };
      for (const reached of book.evaluate({ place, prices: pricesOf(described, a, b) }))
        fired.push(...this.#toFired(reached, frame, i, described));
    }
  }

  /** Prices that live lines still need: with the place of the next tick, all that a restart must know. */
  extremes(): ShardCheckpoint['extremes'] {
    const found: ShardCheckpoint['extremes'][number][] = [];
    for (const [symbol, book] of this.#books)
      for (const extremes of book.extremes()) {
        const points = extremes.points.map(({ place, price }) => ({
          ...place,
          price: formatDecimal({ units: BigInt(price), scale: book.scale }),
        }));
        found.push({ symbol, ...extremes, points });
      }
    return found;
  }

  #knownVersion(subject: ArmedSubject, row: number | undefined): number {
    return row === undefined ? (this.#over.get(armedKey(subject)) ?? 0) : this.#subjects.versionAt(row);
  }

  /** What is in a row, with the numbers of its lines. */
  #known(row: number): { readonly subject: ArmedSubject; readonly lines: readonly number[] } {
    const subject = this.#subjects.at(row);
    const book = this.#books.get(subject.symbol);
    return { subject, lines: book?.linked(this.#subjects.lineAt(row)) ?? [] };
  }

  #armedOf(row: number, line: number): Armed {
    const { subject, lines } = this.#known(row);
    return lineOf(subject.armed ?? [], lines.indexOf(line));
  }

  #noteOver(key: string, version: number): void {
    this.#over.set(key, version);
    const [oldest] = this.#over.keys();
    if (this.#over.size > forgottenAfter && oldest !== undefined) this.#over.delete(oldest);
  }

  /** Arms the lines of a subject, but for those that are known by their numbers already. */
  #arm(
    row: number,
    { symbol, armed = [] }: ArmedSubject,
    known: readonly (number | undefined)[] = [],
  ): readonly Fired[] {
    const book = this.#bookOf(symbol);
    const late = this.#lateOf(armed.filter((_line, index) => known[index] === undefined));
    const { fired, outcomes } = late.length === 0 ? nothingLate : this.#judgeLate(row, late);
    const lines = armed.map((each, index) => {
      const outcome = outcomes.get(each);
      const memory = outcome?.memory ?? this.#restored.memoryOf(each, book.scale);
      if (outcome?.hasFired === true) return book.armFired(row, each, this.#next, memory);
      return known[index] ?? book.arm(row, each, this.#next, memory);
    });
    for (const [index, line] of lines.entries()) book.link(line, lines[index + 1]);
    this.#subjects.noteLine(row, lines[0] ?? 0);
    return fired;
  }

  /** Those that arrive after ticks which already count for them. */
  #lateOf(news: readonly Armed[]): readonly Armed[] {
    if (this.#kept.oldest === undefined) return [];
    const last = lastOf(this.#next);
    return news.filter(({ armedFrom }) => isAtOrAfter(last, armedFrom));
  }

  /** Judges the kept ticks that count for late lines of a subject, for those alone. */
  #judgeLate(row: number, late: readonly Armed[]): Late {
    const { oldest = this.#next } = this.#kept;
    const symbol = late[0]?.symbol ?? '';
    const { scale } = this.#bookOf(symbol);
    const lines: number[] = [];
    const alone = new SymbolBook(scale, { armedOf: (_row, line) => lineOf(late, lines.indexOf(line)) });
    for (const armed of late)
      lines.push(alone.arm(row, armed, oldest, this.#restored.memoryOf(armed, scale)));
    const froms = late.map(({ armedFrom }) => armedFrom);
    const frames = this.#kept.framesFrom(froms, symbol);
    const fired = frames.flatMap((frame) => this.#judgeAlone(alone, frame, symbol));
    const outcomes = new Map<Armed, LateOutcome>();
    for (const [index, line] of lines.entries())
      outcomes.set(lineOf(late, index), { memory: alone.memoryOf(line), hasFired: !alone.canFire(line) });
    return { fired, outcomes };
  }

  #judgeAlone(alone: SymbolBook, frame: Frame, symbol: string): Fired[] {
    const fired: Fired[] = [];
    for (let i = 0; i < frame.length; i += 1) {
      const described = frame.instruments[frame.instrument[i] ?? 0];
      if (described?.symbol !== symbol) continue;
      const factor = 10 ** (alone.scale - described.priceScale);
      const place = {
        epoch: frame.epoch,
        ordinal: frame.firstOrdinal + i,
        exchangeAt: frame.exchangeAt[i] ?? 0,
      };
      const prices = pricesOf(described, (frame.first[i] ?? 0) * factor, (frame.second[i] ?? 0) * factor);
      for (const reached of alone.evaluate({ place, prices }))
        fired.push(...this.#toFired(reached, frame, i, described));
    }
    return fired;
  }

  #bookOf(symbol: string, scale = 0): SymbolBook {
    const known = this.#books.get(symbol);
    if (known !== undefined) return known;
    const book = new SymbolBook(Math.max(scale, this.#restored.scaleOf(symbol)), this.#keeper, this.#bands);
    this.#books.set(symbol, book);
    return book;
  }

  /** Brings the symbol's book to a scale that holds the instrument's prices exactly. */
  #refineFor({ symbol, priceScale }: FrameInstrument): void {
    const book = this.#bookOf(symbol);
    if (book.scale < priceScale) book.refine(priceScale);
  }

  #toFired(reached: Reached, frame: Frame, i: number, described: FrameInstrument): Fired[] {
    const prices = pricesAt(frame, i, described);
    const tick = prices[reached.series];
    if (tick === undefined) return [];
    const subject = this.#subjects.at(reached.owner);
    const lineId = reached.key.slice(armedKey(subject).length + 1);
    const { reason } = reached;
    const level = formatDecimal(reached.level);
    return [{ subject, lineId, reason, level, tick, prices: { ...this.#last.of(tick.symbol), ...prices } }];
  }
}

/** What the kept ticks have made of a line that came late. */
interface LateOutcome {
  readonly memory: LineMemory;
  readonly hasFired: boolean;
}
interface Late {
  readonly fired: readonly Fired[];
  readonly outcomes: ReadonlyMap<Armed, LateOutcome>;
}
const nothingLate: Late = { fired: [], outcomes: new Map() };

function lineOf(lines: readonly Armed[], index: number): Armed {
  const line = lines[index];
  invariant(line !== undefined, 'a line that is watched is among those of its subject');
  return line;
}

/** Which of a subject's lines watches for the same, from the same place on; -1 for none. */
function indexOfSame(subject: ArmedSubject | undefined, armed: Armed): number {
  return subject?.armed?.findIndex((known) => isSameArmed(known, armed)) ?? -1;
}

function pricesOf(
  { kind }: FrameInstrument,
  first: number,
  second: number,
): readonly { series: PriceSeries; price: number }[] {
  if (kind !== 'quote') return [{ series: kind, price: first }];
  return [
    { series: 'bid', price: first },
    { series: 'ask', price: second },
  ];
}

/** The place of the last tick that was judged. */
function lastOf(next: Place): Place {
  return { ...next, ordinal: next.ordinal - 1 };
}
