import { type Frame, shardOf } from '@bellwether/contracts';
import { FrameBuilder } from '../frames/frame-builder.ts';
import type { Instrument } from '../ticks/tick.ts';
import { type MeasuredTape, measureTape } from './measure-tape.ts';
import { readTape } from './read-tape.ts';
import { type SymbolScales, powerOfTen, unifyScales } from './scales.ts';
import type { TapeKind, TapeMarket, TapeRows } from './tape-format.ts';

/**
 * Recorded tapes as the frames that a feed publishes of them at full speed, without anybody to publish to: merged by
 * time, of equal times the tape that is named first comes first. A frame is received when its newest tick happened.
 */
export class TapeFrames {
  /** What each tape holds, as named. */
  readonly tapes: readonly MeasuredTape[];
  readonly #scales: ReadonlyMap<string, SymbolScales>;

  private constructor(tapes: readonly MeasuredTape[]) {
    this.tapes = tapes;
    this.#scales = unifyScales(tapes);
  }

  /** Checks every row of every tape first. @throws TapeError */
  static async check(paths: readonly string[]): Promise<TapeFrames> {
    const tapes: MeasuredTape[] = [];
    for (const path of paths) tapes.push(await measureTape(path));
    return new TapeFrames(tapes);
  }

  /** Every shard's frames are in order, and end with one that is marked as the last. */
  async *read({ epoch, shards }: { epoch: string; shards: number }): AsyncGenerator<Frame, void, undefined> {
    const builders = Array.from({ length: shards }, (_, shard) => new FrameBuilder(shard, epoch));
    const instruments = new Map<string, Instrument>();
    const cursors = this.tapes.map(
      ({ path, kind }) =>
        new TapeCursor(readTape(path), (market) => this.#instrumentOf(kind, market, shards, instruments)),
    );
    try {
      await Promise.all(cursors.map(async (cursor) => cursor.refill()));
      for (let next = earliestOf(cursors); next !== undefined; next = earliestOf(cursors)) {
        const { cursor, until } = next;
        for (let full = cursor.takeInto(builders, until); full !== undefined;) {
          yield full;
          full = cursor.takeInto(builders, until);
        }
        if (cursor.isEmpty) await cursor.refill();
      }
      const lastAt = this.tapes.reduce((latest, tape) => Math.max(latest, tape.lastAt), 0);
      for (const builder of builders) yield builder.takeLast(lastAt);
    } finally {
      await Promise.all(cursors.map(async (cursor) => cursor.close()));
    }
  }

  #instrumentOf(
    kind: TapeKind,
    { symbol, venue }: TapeMarket,
    shards: number,
    instruments: Map<string, Instrument>,
  ): Instrument {
    const key = `${kind} ${symbol} ${venue}`;
    const known = instruments.get(key);
    if (known !== undefined) return known;
    const { priceScale = 0, sizeScale = 0 } = this.#scales.get(symbol) ?? {};
    const instrument: Instrument = {
      symbol,
      venue,
      kind,
      priceScale,
      sizeScale: kind === 'quote' ? 0 : sizeScale,
      shard: shardOf(symbol, shards),
    };
    instruments.set(key, instrument);
    return instrument;
  }
}

/** The tape whose next row is the earliest, and how far it may be read before another's turn comes. */
function earliestOf(cursors: readonly TapeCursor[]): { cursor: TapeCursor; until: number } | undefined {
  let cursor: TapeCursor | undefined;
  for (const each of cursors)
    if (!each.isEmpty && (cursor === undefined || each.nextAt < cursor.nextAt)) cursor = each;
  if (cursor === undefined) return undefined;
  const place = cursors.indexOf(cursor);
  let until = Infinity;
  for (const [index, each] of cursors.entries()) {
    if (each === cursor || each.isEmpty) continue;
    // Its own rows of the other's time come first only where its tape is named first.
    until = Math.min(until, index < place ? each.nextAt : each.nextAt + smallestStep);
  }
  return { cursor, until };
}

/** Times are whole milliseconds. */
const smallestStep = 1;

/** Where a tape is being read. */
class TapeCursor {
  readonly #batches: AsyncIterator<TapeRows>;
  readonly #instrumentOf: (market: TapeMarket) => Instrument;
  readonly #instruments = new Map<TapeMarket, Instrument>();
  #rows: TapeRows | undefined;
  #next = 0;

  constructor(batches: AsyncIterable<TapeRows>, instrumentOf: (market: TapeMarket) => Instrument) {
    this.#batches = batches[Symbol.asyncIterator]();
    this.#instrumentOf = instrumentOf;
  }

  get isEmpty(): boolean {
    return this.#next >= (this.#rows?.length ?? 0);
  }

  get nextAt(): number {
    return this.#rows?.at[this.#next] ?? Infinity;
  }

  /** Hands rows from before `until` to their shards' builders; the answer is the first frame that it filled. */
  takeInto(builders: readonly FrameBuilder[], until: number): Frame | undefined {
    const rows = this.#rows;
    if (rows === undefined) return undefined;
    const { at, market, first, firstScale, second, secondScale, length } = rows;
    const isQuote = rows.kind === 'quote';
    let current: TapeMarket | undefined;
    let instrument: Instrument | undefined;
    for (let i = this.#next; i < length; i += 1) {
      const exchangeAt = at[i] ?? 0;
      if (exchangeAt >= until) {
        this.#next = i;
        return undefined;
      }
      const named = market[i];
      if (named !== current && named !== undefined) {
        current = named;
        instrument = this.#instrument(named);
      }
      if (instrument === undefined) continue;
      const secondUnits = isQuote ? instrument.priceScale : instrument.sizeScale;
      const full = builders[instrument.shard]?.addRow(
        instrument,
        exchangeAt,
        (first[i] ?? 0) * powerOfTen(instrument.priceScale - (firstScale[i] ?? 0)),
        (second[i] ?? 0) * powerOfTen(secondUnits - (secondScale[i] ?? 0)),
        exchangeAt,
      );
      if (full !== undefined) {
        this.#next = i + 1;
        return full;
      }
    }
    this.#next = length;
    return undefined;
  }

  async refill(): Promise<void> {
    const result = await this.#batches.next();
    this.#rows = result.done === true ? undefined : result.value;
    this.#next = 0;
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
  }

  #instrument(market: TapeMarket): Instrument {
    const known = this.#instruments.get(market);
    if (known !== undefined) return known;
    const made = this.#instrumentOf(market);
    this.#instruments.set(market, made);
    return made;
  }
}
