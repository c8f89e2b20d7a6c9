import { shardOf } from '@bellwether/contracts';
import { mergeTicks } from '../ticks/merge-ticks.ts';
import type { Instrument, Tick } from '../ticks/tick.ts';
import type { TickPass, TickSource } from '../ticks/tick-source.ts';
import { type MeasuredTape, measureTape } from './measure-tape.ts';
import { readTape } from './read-tape.ts';
import { type SymbolScales, powerOfTen, unifyScales } from './scales.ts';
import type { TapeKind, TapeMarket, TapeRows } from './tape-format.ts';

/** Recorded tapes, merged by time; of equal times the tape that is named first comes first. */
export class TapeSource implements TickSource {
  readonly #tapes: readonly MeasuredTape[];
  readonly #scales: ReadonlyMap<string, SymbolScales>;
  readonly #shards: number;
  readonly #isRebased: boolean;

  private constructor(tapes: readonly MeasuredTape[], options: TapeSourceOptions) {
    this.#tapes = tapes;
    this.#scales = unifyScales(tapes);
    this.#shards = options.shards;
    this.#isRebased = options.isRebased;
  }

  /** Checks every row of every tape first. @throws TapeError */
  static async check(paths: readonly string[], options: TapeSourceOptions): Promise<TapeSource> {
    const tapes: MeasuredTape[] = [];
    for (const path of paths) tapes.push(await measureTape(path));
    return new TapeSource(tapes, options);
  }

  open(now: number): TickPass {
    const firstAt = Math.min(...this.#tapes.map((tape) => tape.firstAt));
    const shiftMs = this.#isRebased ? Math.round(now) - firstAt : 0;
    const instruments = new Map<string, Instrument>();
    const streams = this.#tapes.map(({ path }) => this.#read(path, shiftMs, instruments));
    return {
      startsAt: firstAt + shiftMs,
      ...(this.#isRebased ? { rebasedByMs: shiftMs } : {}),
      batches: mergeTicks(streams),
    };
  }

  async *#read(
    path: string,
    shiftMs: number,
    instruments: Map<string, Instrument>,
  ): AsyncGenerator<readonly Tick[], void, undefined> {
    const byMarket = new Map<TapeMarket, Instrument>();
    for await (const rows of readTape(path)) {
      const ticks: Tick[] = [];
      for (let i = 0; i < rows.length; i += 1) {
        const market = rows.market[i];
        if (market === undefined) break;
        let instrument = byMarket.get(market);
        if (instrument === undefined) {
          instrument = this.#instrumentOf(rows.kind, market, instruments);
          byMarket.set(market, instrument);
        }
        ticks.push(toTick(rows, i, instrument, shiftMs));
      }
      yield ticks;
    }
  }

  #instrumentOf(kind: TapeKind, market: TapeMarket, instruments: Map<string, Instrument>): Instrument {
    const { symbol, venue } = market;
    const key = `${kind} ${symbol} ${venue}`;
    const known = instruments.get(key);
    if (known !== undefined) return known;
    const scales = this.#scales.get(symbol);
    const instrument: Instrument = {
      symbol,
      venue,
      kind,
      priceScale: scales?.priceScale ?? 0,
      sizeScale: kind === 'quote' ? 0 : (scales?.sizeScale ?? 0),
      shard: shardOf(symbol, this.#shards),
    };
    instruments.set(key, instrument);
    return instrument;
  }
}

export interface TapeSourceOptions {
  readonly shards: number;
  /** Whether exchange times are shifted so that the first tick is now. */
  readonly isRebased: boolean;
}

function toTick(rows: TapeRows, i: number, instrument: Instrument, shiftMs: number): Tick {
  const secondScale = instrument.kind === 'quote' ? instrument.priceScale : instrument.sizeScale;
  return {
    instrument,
    exchangeAt: (rows.at[i] ?? 0) + shiftMs,
    first: (rows.first[i] ?? 0) * powerOfTen(instrument.priceScale - (rows.firstScale[i] ?? 0)),
    second: (rows.second[i] ?? 0) * powerOfTen(secondScale - (rows.secondScale[i] ?? 0)),
  };
}
