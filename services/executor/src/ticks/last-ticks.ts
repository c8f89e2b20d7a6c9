import type { Frame, FrameInstrument } from '@bellwether/contracts';
import {
  type PriceSeries,
  type SymbolPrices,
  type TickReference,
  dayOf,
  formatDecimal,
} from '@bellwether/domain';

/** One tick, out of its frame. */
interface Row {
  described: FrameInstrument;
  epoch: string;
  ordinal: number;
  receivedAt: number;
  exchangeAt: number;
  first: number;
  second: number;
}

interface Noted extends Row {
  /** The frame that it is of, counted. */
  frame: number;
}

/**
 * The last tick of each series of a shard's symbols, as of the last frame that was judged. A frame costs as
 * much as it has instruments: what a tick says is put into words when it is asked for.
 */
export class LastTicks {
  readonly #ticks = new Map<string, { [Kind in FrameInstrument['kind']]?: Noted }>();
  /** The last before the day of the last. */
  readonly #dayBefore = new Map<string, { [Kind in FrameInstrument['kind']]?: Row }>();
  #frames = 0;

  of(symbol: string): SymbolPrices {
    const { trade, quote, mark } = this.#ticks.get(symbol) ?? {};
    return {
      ...(trade && pricesOfRow(trade)),
      ...(quote && pricesOfRow(quote)),
      ...(mark && pricesOfRow(mark)),
    };
  }

  /** The last of each series before a day began, where it was noted: that of the present day, or none since. */
  before(symbol: string, day: number): SymbolPrices {
    const last = this.#ticks.get(symbol);
    const earlier = this.#dayBefore.get(symbol);
    const pricesOf = (kind: FrameInstrument['kind']): SymbolPrices => {
      const row = [last?.[kind], earlier?.[kind]].find((each) => each !== undefined && each.exchangeAt < day);
      return row === undefined ? {} : pricesOfRow(row);
    };
    return { ...pricesOf('trade'), ...pricesOf('quote'), ...pricesOf('mark') };
  }

  /** @param lastIndex where the last tick of each instrument is in the frame; -1 of those without. */
  note(frame: Frame, lastIndex: Int32Array): void {
    this.#frames += 1;
    for (const [each, described] of frame.instruments.entries()) {
      const i = lastIndex[each] ?? -1;
      if (i >= 0) this.#noteTick(frame, i, described);
    }
  }

  #noteTick(frame: Frame, i: number, described: FrameInstrument): void {
    const { symbol, kind } = described;
    let series = this.#ticks.get(symbol);
    if (series === undefined) this.#ticks.set(symbol, (series = {}));
    const known = series[kind];
    if (known === undefined) {
      series[kind] = { ...rowOf(frame, i, described), frame: this.#frames };
      return;
    }
    const ordinal = frame.firstOrdinal + i;
    // Two venues may tell of one symbol in the same frame.
    if (known.frame === this.#frames && known.ordinal > ordinal) return;
    const exchangeAt = frame.exchangeAt[i] ?? 0;
    if (dayOf(exchangeAt) > dayOf(known.exchangeAt)) this.#endDay(symbol, kind, known);
    known.frame = this.#frames;
    known.described = described;
    known.epoch = frame.epoch;
    known.ordinal = ordinal;
    known.receivedAt = frame.receivedAt;
    known.exchangeAt = exchangeAt;
    known.first = frame.first[i] ?? 0;
    known.second = frame.second[i] ?? 0;
  }

  #endDay(symbol: string, kind: FrameInstrument['kind'], last: Row): void {
    const known = this.#dayBefore.get(symbol) ?? {};
    known[kind] = { ...last };
    this.#dayBefore.set(symbol, known);
  }
}

/** What the tick at `i` of a frame says, as references: of a quote, both sides. */
export function pricesAt(frame: Frame, i: number, described: FrameInstrument): SymbolPrices {
  return pricesOfRow(rowOf(frame, i, described));
}

function rowOf(frame: Frame, i: number, described: FrameInstrument): Row {
  return {
    described,
    epoch: frame.epoch,
    ordinal: frame.firstOrdinal + i,
    receivedAt: frame.receivedAt,
    exchangeAt: frame.exchangeAt[i] ?? 0,
    first: frame.first[i] ?? 0,
    second: frame.second[i] ?? 0,
  };
}

function pricesOfRow(row: Row): SymbolPrices {
  const { kind, priceScale, sizeScale } = row.described;
  const first = textOf(row.first, priceScale);
  if (kind === 'quote')
    return {
      bid: referenceTo(row, 'bid', first),
      ask: referenceTo(row, 'ask', textOf(row.second, priceScale)),
    };
  const tick = referenceTo(row, kind, first);
  return kind === 'trade' ? { trade: { ...tick, size: textOf(row.second, sizeScale) } } : { mark: tick };
}

function referenceTo(
  { described: { symbol, venue }, epoch, ordinal, exchangeAt, receivedAt }: Row,
  series: PriceSeries,
  price: string,
): TickReference {
  return { symbol, venue, epoch, ordinal, series, price, exchangeAt, receivedAt };
}

function textOf(units: number, scale: number): string {
  return formatDecimal({ units: BigInt(units), scale });
}
