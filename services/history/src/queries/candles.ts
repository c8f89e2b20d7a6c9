import type { Clock } from '@bellwether/domain';
import { type CandleInterval, candleIntervals, pieceMsOf } from './candle-interval.ts';
import type { Market } from './market.ts';
import type { Candle } from './query-candles.ts';
import type { Span } from './span.ts';

export interface CandleRequest {
  readonly market: Market;
  readonly interval: CandleInterval;
  readonly span: Span;
}

export interface CandleLimits {
  /** How many candles are kept together; of the pieces longest unused are let go first. */
  readonly candles: number;
  /** A piece is closed, and kept, when it ended so long ago: until then its ticks may be on their way to BigQuery. */
  readonly settleMs: number;
  /** How long a piece is kept: an outage that lasted longer than `settleMs`, or an import, shows after it. */
  readonly keepMs: number;
  /** How many candles one query computes at most, or one piece of them: what BigQuery gathers in memory grows with them. */
  readonly candlesPerQuery: number;
}

const defaultLimits: CandleLimits = {
  candles: 100_000,
  settleMs: 60 * 60 * 1_000,
  keepMs: 5 * 60 * 1_000,
  candlesPerQuery: 3_600,
};

interface KeptPiece {
  readonly candles: readonly Candle[];
  readonly keptAt: number;
}

/**
 * Candles of any span, in pieces of a day or an hour: those that are closed are kept in bounded memory, and what is not
 * kept of neighbouring pieces is one query.
 */
export class Candles {
  readonly #query: (request: CandleRequest) => Promise<readonly Candle[]>;
  readonly #clock: Clock;
  readonly #limits: CandleLimits;
  /** The longest unused first. */
  readonly #kept = new Map<string, KeptPiece>();
  #keptCandles = 0;

  constructor(parts: {
    query: (request: CandleRequest) => Promise<readonly Candle[]>;
    clock: Clock;
    limits?: Partial<CandleLimits>;
  }) {
    this.#query = parts.query;
    this.#clock = parts.clock;
    this.#limits = { ...defaultLimits, ...parts.limits };
  }

  /**
   * The candles that begin before the span ends and end after it begins, in order and whole, a run at a time. An
   * interval without ticks has no candle.
   *
   * @throws RangeError when the span ends before it begins.
   */
  async *read({ market, interval, span }: CandleRequest): AsyncGenerator<readonly Candle[], void, undefined> {
    const step = candleIntervals[interval];
    const from = Math.floor(span.from.getTime() / step) * step;
    const to = Math.ceil(span.to.getTime() / step) * step;
    if (!(from <= to)) throw new RangeError('the span of candles ends before it begins');
    const pieceMs = pieceMsOf(interval);
    for (let at = from; at < to;) {
      const end = this.#endOfRun(market, interval, at, to);
      const candles = await this.#piecesOf(market, interval, Math.floor(at / pieceMs) * pieceMs, end);
      const wanted = candles.filter(({ openAt }) => openAt >= from && openAt < to);
      if (wanted.length > 0) yield wanted;
      at = end;
    }
  }

  /** Where the run of pieces ends that begins at `at`: behind one that is kept, or before the next that is. */
  #endOfRun(market: Market, interval: CandleInterval, at: number, to: number): number {
    const pieceMs = pieceMsOf(interval);
    const start = Math.floor(at / pieceMs) * pieceMs;
    let end = start + pieceMs;
    if (this.#find(market, interval, start) !== undefined) return end;
    const farthest = start + this.#limits.candlesPerQuery * candleIntervals[interval];
    while (end < to && end + pieceMs <= farthest && this.#find(market, interval, end) === undefined)
      end += pieceMs;
    return end;
  }

  async #piecesOf(
    market: Market,
    interval: CandleInterval,
    start: number,
    end: number,
  ): Promise<readonly Candle[]> {
    const kept = this.#find(market, interval, start);
    if (kept !== undefined) return kept;
    const now = this.#clock.now();
    const span = { from: new Date(start), to: new Date(end) };
    const candles = await this.#query({ market, interval, span });
    const pieceMs = pieceMsOf(interval);
    for (let at = start; at < end && at + pieceMs + this.#limits.settleMs <= now; at += pieceMs) {
      const piece = candles.filter(({ openAt }) => openAt >= at && openAt < at + pieceMs);
      this.#keep(keyOf(market, interval, at), { candles: piece, keptAt: now });
    }
    return candles;
  }

  #find(market: Market, interval: CandleInterval, start: number): readonly Candle[] | undefined {
    const key = keyOf(market, interval, start);
    const found = this.#kept.get(key);
    if (found === undefined) return undefined;
    this.#drop(key, found);
    if (this.#clock.now() - found.keptAt >= this.#limits.keepMs) return undefined;
    this.#add(key, found);
    return found.candles;
  }

  #keep(key: string, piece: KeptPiece): void {
    const before = this.#kept.get(key);
    if (before !== undefined) this.#drop(key, before);
    this.#add(key, piece);
    for (const [oldest, found] of this.#kept) {
      if (this.#keptCandles <= this.#limits.candles) break;
      this.#drop(oldest, found);
    }
  }

  #add(key: string, piece: KeptPiece): void {
    this.#kept.set(key, piece);
    this.#keptCandles += weightOf(piece);
  }

  #drop(key: string, piece: KeptPiece): void {
    this.#kept.delete(key);
    this.#keptCandles -= weightOf(piece);
  }
}

/** A piece without candles takes room, too. */
function weightOf({ candles }: KeptPiece): number {
  return 1 + candles.length;
}

function keyOf({ symbol, venue, kind }: Market, interval: CandleInterval, start: number): string {
  return JSON.stringify([symbol, venue, kind, interval, start]);
}
