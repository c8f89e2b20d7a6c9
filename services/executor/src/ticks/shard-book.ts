import type { Frame, FrameInstrument, ShardCheckpoint } from '@bellwether/contracts';
import {
  type Armed,
  type Line,
  type Place,
  type PriceSeries,
  type Reached,
  type SeriesPoint,
  SymbolBook,
  type TickReference,
  decimal,
  floorAt,
  formatDecimal,
  isAtOrAfter,
} from '@bellwether/domain';
import type { ArmedSubject, Fired } from './fired.ts';
import { armedKey } from './fired.ts';
import { KeptTicks } from './kept-ticks.ts';

const startOfTime: Place = { epoch: '', ordinal: 0, exchangeAt: -Infinity };
const forgottenAfter = 100_000;

/**
 * All armed lines of a shard's symbols, and the place of the next tick. It judges frames in order; it
 * does no I/O and knows no clock, so the same frames and arming give the same result.
 */
export class ShardBook {
  readonly #books = new Map<string, SymbolBook>();
  readonly #subjects = new Map<string, ArmedSubject>();
  /** Versions of what is over, so that a late listener cannot arm it again; the oldest are forgotten. */
  readonly #over = new Map<string, number>();
  readonly #kept: KeptTicks;
  /** What the checkpoint knows of trailing stops that are still to be armed from their documents. */
  readonly #restored: ShardCheckpoint['extremes'];
  #next: Place;

  constructor(checkpoint?: ShardCheckpoint) {
    this.#restored = checkpoint?.extremes ?? [];
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

  get size(): number {
    let count = 0;
    for (const book of this.#books.values()) count += book.size;
    return count;
  }

  /**
   * Takes note of what is armed, or no longer armed, as a document or an own commit says it. Older news
   * than what is known changes nothing. What already happened in the kept ticks is returned as fired.
   */
  note(subject: ArmedSubject): readonly Fired[] {
    const key = armedKey(subject);
    if (subject.version <= this.#knownVersion(key)) return [];
    this.#forget(key);
    if (subject.armed === undefined) {
      this.#over.set(key, subject.version);
      const [oldest] = this.#over.keys();
      if (this.#over.size > forgottenAfter && oldest !== undefined) this.#over.delete(oldest);
      return [];
    }
    this.#subjects.set(key, subject);
    return this.#arm(subject, subject.armed);
  }

  /** True for news of something that counts from ticks which were judged without it and are kept no more. */
  isTooLateFor(subject: ArmedSubject): boolean {
    const { dropped } = this.#kept;
    const isNews = subject.version > this.#knownVersion(armedKey(subject));
    if (!isNews || subject.armed === undefined || dropped === undefined) return false;
    return isAtOrAfter(dropped, subject.armed.armedFrom);
  }

  /** True when something newer is known of it. */
  isOutdated(subject: ArmedSubject): boolean {
    return subject.version < this.#knownVersion(armedKey(subject));
  }

  /** Arms again, from the next tick on, what fired without being executed; a trailing stop where it stands. */
  rearm({ subject }: Pick<Fired, 'subject'>): void {
    const key = armedKey(subject);
    if (this.#subjects.get(key)?.version !== subject.version || subject.armed === undefined) return;
    this.#bookOf(subject.armed.symbol).rearm(key, this.#next);
  }

  /** Judges a frame: every tick in order, skipping quickly what can reach nothing. */
  evaluate(frame: Frame): readonly Fired[] {
    this.#kept.add(frame);
    for (const instrument of frame.instruments) this.#refineFor(instrument);
    const books = frame.instruments.map(({ symbol, priceScale }) => {
      const book = this.#bookOf(symbol);
      return { book, factor: 10 ** (book.scale - priceScale) };
    });
    const fired: Fired[] = [];
    const { epoch, firstOrdinal, instrument, exchangeAt, first, second, instruments } = frame;
    let latestAt = this.#next.exchangeAt;
    for (let i = 0; i < frame.length; i += 1) {
      latestAt = Math.max(latestAt, exchangeAt[i] ?? -Infinity);
      const index = instrument[i] ?? 0;
      const found = books[index];
      const described = instruments[index];
      if (found === undefined || described === undefined) continue;
      const { book, factor } = found;
      const at = exchangeAt[i] ?? 0;
      const a = (first[i] ?? 0) * factor;
      if (described.kind === 'trade') {
        if (book.isQuiet('trade', a, at)) continue;
      } else if (book.isQuiet('bid', a, at) && book.isQuiet('ask', (second[i] ?? 0) * factor, at)) continue;
      const place = { epoch, ordinal: firstOrdinal + i, exchangeAt: at };
      const prices = pricesOf(described, a, (second[i] ?? 0) * factor);
      for (const reached of book.evaluate({ place, prices }))
        fired.push(...this.#toFired(reached, frame, i, described));
    }
    this.#next = { epoch, ordinal: firstOrdinal + frame.length, exchangeAt: latestAt };
    return fired;
  }

  /** Which best prices the live trailing stops follow: with the place of the next tick, all a restart needs. */
  extremes(): ShardCheckpoint['extremes'] {
    const found: ShardCheckpoint['extremes'][number][] = [];
    for (const [symbol, book] of this.#books) {
      for (const series of ['trade', 'bid', 'ask'] as const) {
        for (const direction of ['highest', 'lowest'] as const) {
          const points = book.points(series, direction).map(({ place, price }) => ({
            ...place,
            price: formatDecimal({ units: BigInt(price), scale: book.scale }),
          }));
          if (points.length > 0) found.push({ symbol, series, direction, points });
        }
      }
    }
    return found;
  }

  #knownVersion(key: string): number {
    return this.#subjects.get(key)?.version ?? this.#over.get(key) ?? 0;
  }

  #arm(subject: ArmedSubject, armed: Armed): readonly Fired[] {
    const book = this.#bookOf(armed.symbol);
    const oldest = this.#kept.oldest;
    if (oldest === undefined || !isAtOrAfter(lastOf(this.#next), armed.armedFrom)) {
      book.arm(armed, this.#next, (line) => this.#restoredBest(armed, line, book.scale));
      return [];
    }
    // It arrives after ticks that already count for it: judge those alone first.
    const alone = new SymbolBook(book.scale);
    alone.arm(armed, oldest, (line) => this.#restoredBest(armed, line, book.scale));
    const [fired] = this.#kept.frames().flatMap((frame) => this.#judgeAlone(alone, frame, armed));
    if (fired === undefined) {
      book.arm(armed, this.#next, (line) => alone.bestOf(line));
      return [];
    }
    book.armFired(armed, this.#next, (line) => alone.bestOf(line));
    return [{ ...fired, subject }];
  }

  #judgeAlone(alone: SymbolBook, frame: Frame, armed: Armed): Fired[] {
    const fired: Fired[] = [];
    for (let i = 0; i < frame.length; i += 1) {
      const described = frame.instruments[frame.instrument[i] ?? 0];
      if (described?.symbol !== armed.symbol) continue;
      const factor = 10 ** (alone.scale - described.priceScale);
      const place = {
        epoch: frame.epoch,
        ordinal: frame.firstOrdinal + i,
        exchangeAt: frame.exchangeAt[i] ?? 0,
      };
      if (!isAtOrAfter(place, armed.armedFrom)) continue;
      const prices = pricesOf(described, (frame.first[i] ?? 0) * factor, (frame.second[i] ?? 0) * factor);
      for (const reached of alone.evaluate({ place, prices }))
        fired.push(...this.#toFired(reached, frame, i, described));
    }
    return fired;
  }

  /** The best price since arming that the checkpoint remembers: the earliest kept point that counts. */
  #restoredBest(armed: Armed, line: Line, scale: number): SeriesPoint | undefined {
    if (line.kind !== 'trailing') return undefined;
    const series = this.#restored.find(
      (known) =>
        known.symbol === armed.symbol && known.series === line.series && known.direction === line.follows,
    );
    const point = series?.points.find((known) => isAtOrAfter(known, armed.armedFrom));
    if (point === undefined) return undefined;
    const { epoch, ordinal, exchangeAt, price } = point;
    return { place: { epoch, ordinal, exchangeAt }, price: Number(floorAt(decimal(price), scale)) };
  }

  #bookOf(symbol: string): SymbolBook {
    const known = this.#books.get(symbol);
    if (known !== undefined) return known;
    const scale = Math.max(0, ...this.#restored.filter((e) => e.symbol === symbol).flatMap(scalesOf));
    const book = new SymbolBook(scale);
    this.#books.set(symbol, book);
    return book;
  }

  /** Brings the symbol's book to a scale that holds the instrument's prices exactly. */
  #refineFor({ symbol, priceScale }: FrameInstrument): void {
    const book = this.#bookOf(symbol);
    if (book.scale < priceScale) this.#books.set(symbol, book.atScale(priceScale, this.#next));
  }

  #forget(key: string): void {
    const known = this.#subjects.get(key);
    if (known?.armed !== undefined) this.#books.get(known.armed.symbol)?.disarm(key);
    this.#subjects.delete(key);
  }

  #toFired(
    reached: Reached,
    frame: Frame,
    i: number,
    { symbol, venue, priceScale }: FrameInstrument,
  ): Fired[] {
    const subject = this.#subjects.get(reached.key);
    if (subject === undefined) return [];
    const units = reached.series === 'ask' ? frame.second[i] : frame.first[i];
    const tick: TickReference = {
      symbol,
      venue,
      epoch: frame.epoch,
      ordinal: frame.firstOrdinal + i,
      series: reached.series,
      price: formatDecimal({ units: BigInt(units ?? 0), scale: priceScale }),
      exchangeAt: frame.exchangeAt[i] ?? 0,
      receivedAt: frame.receivedAt,
    };
    return [{ subject, reason: reached.reason, level: formatDecimal(reached.level), tick }];
  }
}

function pricesOf(
  { kind }: FrameInstrument,
  first: number,
  second: number,
): readonly { series: PriceSeries; price: number }[] {
  if (kind === 'trade') return [{ series: 'trade', price: first }];
  return [
    { series: 'bid', price: first },
    { series: 'ask', price: second },
  ];
}

function scalesOf({ points }: ShardCheckpoint['extremes'][number]): number[] {
  return points.map(({ price }) => decimal(price).scale);
}

/** The place of the last tick that was judged. */
function lastOf(next: Place): Place {
  return { ...next, ordinal: next.ordinal - 1 };
}
