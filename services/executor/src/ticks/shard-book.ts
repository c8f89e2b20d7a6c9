import type { Frame, FrameInstrument, ShardCheckpoint } from '@bellwether/contracts';
import {
  type Armed,
  type ColdLines,
  type Place,
  type PriceSeries,
  type Reached,
  SymbolBook,
  type SymbolPrices,
  formatDecimal,
  invariant,
  isAtOrAfter,
  isSameArmed,
} from '@bellwether/domain';
import { ColdSubjects } from '../snapshot/cold-subjects.ts';
import { SubjectColumns, nothingCounted } from '../snapshot/subject-columns.ts';
import type { ArmedSubject, Fired } from './fired.ts';
import { armedKey } from './fired.ts';
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
  /** Those that are objects; the others are cold. */
  readonly #subjects = new Map<string, ArmedSubject>();
  #cold = new ColdSubjects(new SubjectColumns(nothingCounted));
  readonly #coldLines: ColdLines = {
    countsFrom: (line) => this.#cold.countsFrom(line),
    thaw: (line) => this.#thaw(this.#cold.rowOfLine(line)),
  };
  /** Whose each line is, by its key. */
  readonly #lines = new Map<string, { readonly armed: Armed; readonly subject: string }>();
  /** Versions of what is over, so that a late listener cannot arm it again; the oldest are forgotten. */
  readonly #over = new Map<string, number>();
  readonly #kept: KeptTicks;
  readonly #range = new FrameRange();
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

  /** How many lines can fire. */
  get size(): number {
    let count = 0;
    for (const book of this.#books.values()) count += book.size;
    return count;
  }

  /**
   * Takes up what a snapshot holds, some at a time, as if each subject were noted: before anything is noted, and
   * before the first frame. Subjects stay cold until they fire or change.
   */
  *adopt(cold: ColdSubjects): Generator<void> {
    invariant(
      this.#subjects.size === 0 && this.#kept.oldest === undefined,
      'a snapshot is taken up by an empty book',
    );
    this.#cold = cold;
    yield* takeUp({
      cold,
      lines: this.#coldLines,
      restored: this.#restored,
      next: this.#next,
      bookOf: (symbol, scale) => this.#bookOf(symbol, scale),
      note: (subject) => this.note(subject),
    });
  }

  /** A cold subject is an object from now on, and its lines are known by their keys. */
  #thaw(row: number): void {
    const cold = this.#cold;
    const subject = cold.subjectAt(row);
    const key = armedKey(subject);
    cold.release(row);
    this.#subjects.set(key, subject);
    const book = this.#books.get(subject.symbol);
    let line = cold.firstLineOf(row);
    for (const armed of subject.armed ?? []) {
      this.#lines.set(armed.key, { armed, subject: key });
      book?.thaw(cold.idOf(line), armed);
      line += 1;
    }
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
    const key = armedKey(subject);
    if (subject.version <= this.#knownVersion(key)) return [];
    const before = this.#objectOf(key);
    const lines = subject.armed ?? [];
    const news = lines.filter((armed) => this.#isNews(armed));
    for (const armed of before?.armed ?? [])
      if (!lines.some((kept) => kept.key === armed.key)) this.#disarm(armed);
    if (lines.length === 0) {
      this.#subjects.delete(key);
      this.#over.set(key, subject.version);
      const [oldest] = this.#over.keys();
      if (this.#over.size > forgottenAfter && oldest !== undefined) this.#over.delete(oldest);
      return [];
    }
    this.#over.delete(key);
    this.#subjects.set(key, subject);
    for (const armed of news) {
      const known = before && this.#lines.get(armed.key);
      if (known !== undefined) this.#disarm(known.armed);
      this.#lines.set(armed.key, { armed, subject: key });
    }
    return this.#arm(news);
  }

  /** True for news of a line that counts from ticks which were judged without it and are kept no more. */
  isTooLateFor(subject: ArmedSubject): boolean {
    const { dropped } = this.#kept;
    if (dropped === undefined) return false;
    const key = armedKey(subject);
    if (subject.version <= this.#knownVersion(key)) return false;
    this.#objectOf(key);
    const news = (subject.armed ?? []).filter((armed) => this.#isNews(armed));
    return news.some(({ armedFrom }) => isAtOrAfter(dropped, armedFrom));
  }

  /** All that is armed, as it is while it is asked for; what is armed meanwhile may come, too. */
  *subjects(): Generator<ArmedSubject> {
    // What is cold no more by its turn is among the objects then.
    yield* this.#cold.subjects();
    yield* this.#subjects.values();
  }

  /** Arms a line again, from the next tick on, that fired without being executed and is still watched. */
  rearm({ subject, lineId }: Pick<Fired, 'subject' | 'lineId'>): void {
    const of = armedKey(subject);
    this.#objectOf(of);
    const key = `${of}/${lineId}`;
    const fired = subject.armed?.find((armed) => armed.key === key);
    if (fired === undefined || this.#isNews(fired)) return;
    this.#bookOf(fired.symbol).rearm(key, this.#next);
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
    const factors = instruments.map(
      ({ priceScale }, index) => 10 ** ((awake[index]?.scale ?? 0) - priceScale),
    );
    for (let i = 0; i < frame.length; i += 1) {
      const index = instrument[i] ?? 0;
      const book = awake[index];
      const described = instruments[index];
      if (book === undefined || described === undefined) continue;
      const factor = factors[index] ?? 1;
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

  #knownVersion(key: string): number {
    const known = this.#subjects.get(key)?.version ?? this.#over.get(key);
    if (known !== undefined) return known;
    const row = this.#cold.find(key);
    return row === undefined ? 0 : this.#cold.versionAt(row);
  }

  /** What is armed under a key, which is cold no more. */
  #objectOf(key: string): ArmedSubject | undefined {
    const row = this.#subjects.has(key) ? undefined : this.#cold.find(key);
    if (row !== undefined) this.#thaw(row);
    return this.#subjects.get(key);
  }

  /** Whether a line is not watched, or watched otherwise. */
  #isNews(armed: Armed): boolean {
    const known = this.#lines.get(armed.key)?.armed;
    return known === undefined || !isSameArmed(known, armed);
  }

  #disarm({ key, symbol }: Armed): void {
    this.#books.get(symbol)?.disarm(key);
    this.#lines.delete(key);
  }

  #arm(news: readonly Armed[]): readonly Fired[] {
    const last = lastOf(this.#next);
    const { oldest } = this.#kept;
    const early = news.filter(({ armedFrom }) => oldest !== undefined && isAtOrAfter(last, armedFrom));
    for (const armed of news) {
      const book = this.#bookOf(armed.symbol);
      if (!early.includes(armed)) book.arm(armed, this.#next, this.#restored.memoryOf(armed, book.scale));
    }
    return oldest === undefined || early.length === 0 ? [] : this.#armLate(early, oldest);
  }

  /** These arrive after ticks that already count for them: those alone are judged first. */
  #armLate(news: readonly Armed[], oldest: Place): readonly Fired[] {
    const symbol = news[0]?.symbol ?? '';
    const book = this.#bookOf(symbol);
    const alone = new SymbolBook(book.scale);
    for (const armed of news) alone.arm(armed, oldest, this.#restored.memoryOf(armed, book.scale));
    const froms = news.map(({ armedFrom }) => armedFrom);
    const frames = this.#kept.framesFrom(froms, symbol);
    const fired = frames.flatMap((frame) => this.#judgeAlone(alone, frame, symbol));
    for (const armed of news) {
      const memory = alone.memoryOf(armed.key);
      if (alone.has(armed.key)) book.arm(armed, this.#next, memory);
      else book.armFired(armed, this.#next, memory);
    }
    return fired;
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
    const book = new SymbolBook(Math.max(scale, this.#restored.scaleOf(symbol)));
    this.#books.set(symbol, book);
    return book;
  }

  /** Brings the symbol's book to a scale that holds the instrument's prices exactly. */
  #refineFor({ symbol, priceScale }: FrameInstrument): void {
    const book = this.#bookOf(symbol);
    if (book.scale < priceScale) this.#books.set(symbol, book.atScale(priceScale, this.#next));
  }

  #toFired(reached: Reached, frame: Frame, i: number, described: FrameInstrument): Fired[] {
    const key = this.#lines.get(reached.key)?.subject ?? '';
    const subject = this.#subjects.get(key);
    const prices = pricesAt(frame, i, described);
    const tick = prices[reached.series];
    if (subject === undefined || tick === undefined) return [];
    const lineId = reached.key.slice(key.length + 1);
    const { reason } = reached;
    const level = formatDecimal(reached.level);
    return [{ subject, lineId, reason, level, tick, prices: { ...this.#last.of(tick.symbol), ...prices } }];
  }
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
